// Signatures, on the real docker-registry: made by out's code, asked for by check's.
#include <doctest/doctest.h>

#include "core/base/fd.h"
#include "core/registry/referrers.h"
#include "core/remote/signature.h"
#include "core/sign/statement.h"
#include "tests/check/fixture.h"
#include "tests/support/error_text.h"
#include "tests/support/process.h"

namespace {

using support::Images;
using support::reply_of;
using support::shared_registry;

const std::string keys = std::filesystem::path(TEST_DATA).parent_path() / "sign/keys/";

sign::PrivateKey key_of(const std::string& name) {
  return sign::PrivateKey::parse(base::read_file(keys + name, 10'000), "");
}
std::string public_pem(const std::string& name) {
  return support::run({"openssl", "pkey", "-in", keys + name, "-pubout"});
}

/// A repository with one image in it.
struct Signed {
  explicit Signed(const std::string& path)
      : images(shared_registry().host(), path),
        access(shared_registry().host()),
        endpoint{&access.client, name::Repository::parse(images.text())},
        puller(endpoint),
        pusher(endpoint),
        image(images.make("signed")) {
    images.push("1.0.0", image);
  }
  void sign(const std::string& key) {
    remote::push_signature(pusher, puller, image.descriptor(), key_of(key), "2024-01-01T00:00:00Z", {});
  }
  json::Ordered source(const std::string& key) const {
    return {{"repository", images.text()}, {"tag", "1.0.0"}, {"cosign", {{"public_key", public_pem(key)}}}};
  }
  Images images;
  support::Access access;
  registry::Endpoint endpoint;
  registry::Puller puller;
  registry::Pusher pusher;
  oci::Document image;
};

TEST_CASE("a tag whose image nobody has signed with the key fails the check") {
  support::OwnCache cache;
  Signed one("trust/tag");
  const auto digest = one.image.digest.text();
  auto refused = [&](const std::string& key) {
    CHECK(
        support::error_text([&] { support::check(one.source(key)); }) ==
        digest +
            " has no signature by the key in source.cosign\n"
            "  fix: sign it with the private key that belongs to source.cosign.public_key, or find out who pushed it");
  };
  refused("p256.pem");
  one.sign("p256.pem");
  CHECK(support::check(one.source("p256.pem")) == reply_of({{"1.0.0", digest}}));
  refused("p384.pem");
  one.sign("p384.pem");
  CHECK(support::check(one.source("p384.pem")) == reply_of({{"1.0.0", digest}}));
  CHECK(support::check(one.source("p256.pem")) == reply_of({{"1.0.0", digest}}));
}

TEST_CASE("versions that nobody has signed are left out of a list") {
  support::OwnCache cache;
  Signed one("trust/list");
  one.images.push("1.1.0", "unsigned");
  one.sign("p256.pem");
  auto source = one.source("p256.pem");
  source.erase("tag");
  CHECK(support::check(source) == reply_of({{"1.0.0", one.image.digest.text()}}));
  source.erase("cosign");
  CHECK(support::tags_of(support::check(source)) == std::vector<std::string>{"1.0.0", "1.1.0"});
}

TEST_CASE("a signature is there in both forms, and once, however often it is made") {
  Signed one("trust/forms");
  one.sign("p256.pem");
  one.sign("p256.pem");
  const auto key = key_of("p256.pem").public_key();
  auto at_tag = one.puller.manifest("sha256-" + std::string(one.image.digest.hex()) + ".sig");
  REQUIRE(at_tag);
  auto manifest = oci::parse_manifest(*at_tag);
  REQUIRE(manifest.layers.size() == 1);
  CHECK(manifest.layers[0].media_type == sign::payload_media_type);
  CHECK(sign::verifies(key, one.puller.blob_bytes(manifest.layers[0], 10'000),
                       manifest.layers[0].annotations.at(std::string(sign::signature_annotation)), one.image.digest));
  auto bundles = one.puller.referrers(one.image.digest, sign::bundle_media_type);
  REQUIRE(bundles.size() == 1);
  one.sign("p384.pem");
  CHECK(oci::parse_manifest(*one.puller.manifest("sha256-" + std::string(one.image.digest.hex()) + ".sig"))
            .layers.size() == 2);
  CHECK(one.puller.referrers(one.image.digest, sign::bundle_media_type).size() == 2);
}

TEST_CASE("either form is enough") {
  const auto key = key_of("p256.pem").public_key();
  for (bool keep_tag : {true, false}) {
    CAPTURE(keep_tag);
    Signed one(std::string("trust/either-") + (keep_tag ? "tag" : "bundle"));
    one.sign("p256.pem");
    auto tag = registry::fallback_tag(one.image.digest);
    one.pusher.remove(one.puller.resolve(keep_tag ? tag : tag + ".sig")->digest.text());
    CHECK(remote::is_signed(one.puller, one.image.digest, key, {}));
    one.pusher.remove(one.puller.resolve(keep_tag ? tag + ".sig" : tag)->digest.text());
    CHECK_FALSE(remote::is_signed(one.puller, one.image.digest, key, {}));
  }
}

TEST_CASE("a signature that was copied to another image does not count") {
  Signed one("trust/copied");
  one.sign("p256.pem");
  auto other = one.images.make("other");
  one.images.push("other", other);
  auto signature = one.puller.manifest("sha256-" + std::string(one.image.digest.hex()) + ".sig");
  one.pusher.manifest(*signature, name::Tag::parse("sha256-" + std::string(other.digest.hex()) + ".sig"));
  CHECK_FALSE(remote::is_signed(one.puller, other.digest, key_of("p256.pem").public_key(), {}));
}

}  // namespace
