#include "core/remote/bill_artifact.h"

#include <doctest/doctest.h>

#include "core/oci/manifest.h"
#include "core/oci/media_type.h"
#include "tests/registry/access.h"
#include "tests/support/docker_registry.h"

namespace {

constexpr auto first = "2024-05-11T00:00:00Z", second = "2024-05-12T00:00:00Z";

/// An image of that name in the registry, with what is stored beside it.
struct Image {
  explicit Image(const std::string& name)
      : access(support::shared_registry().host(), {}, {}, {}, "bills/" + name),
        document(oci::write(
            oci::Manifest{.media_type = std::string(oci::media_type::manifest), .config = oci::empty_descriptor()})) {
    access.pusher.blob(oci::empty_descriptor(), oci::empty_content);
    access.pusher.manifest(document);
  }
  std::vector<oci::Descriptor> push(const std::vector<remote::BillDocument>& documents, const std::string& created) {
    return remote::push_documents(access.pusher, access.puller, document.descriptor(), documents, created, {});
  }
  std::string stored(const std::string& media_type) {
    return remote::find_document(access.puller, document.digest, media_type, {}).value().content;
  }

  support::Access access;
  oci::Document document;
};

remote::BillDocument page(const std::string& content, const std::string& made_from, int& made) {
  return {"text/html", "bom.html",
          [=, &made] {
            made++;
            return content;
          },
          made_from};
}

}  // namespace

TEST_CASE("a document with the content that is stored already is not stored again") {
  Image image("same");
  remote::BillDocument bill{std::string(remote::bill_media_type), "bom.yml", [] { return "protocol: v0.1.0\n"; }};
  auto once = image.push({bill}, first), again = image.push({bill}, second);
  CHECK(once.at(0).digest == again.at(0).digest);
}

TEST_CASE("a form of the same bill by the same version is not even made again") {
  Image image("form");
  int made = 0;
  image.push({page("<p>", "sha256:aa 0.1.0", made)}, first);
  image.push({page("<p>", "sha256:aa 0.1.0", made)}, second);
  CHECK(made == 1);
}

TEST_CASE("a form of another bill, or by another version, takes the place of the old one") {
  Image image("other");
  int made = 0;
  image.push({page("<p>1", "sha256:aa 0.1.0", made)}, first);
  image.push({page("<p>2", "sha256:bb 0.1.0", made)}, second);
  CHECK(made == 2);
  CHECK(image.stored("text/html") == "<p>2");
}
