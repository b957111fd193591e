#include "core/bom/verify.h"

#include <doctest/doctest.h>

#include <functional>

#include "core/bom/yaml_writer.h"
#include "tests/bom/sample.h"
#include "tests/support/error_text.h"

using support::error_text;

TEST_CASE("a sound bill has no inconsistencies") {
  CHECK(bom::inconsistencies(sample::full_bill()).empty());
  bom::check_consistent(sample::full_bill());
}

TEST_CASE("each fault is named by its path") {
  using bom::Bill;
  struct {
    std::function<void(Bill&)> spoil;
    std::string sentence;
  } cases[] = {
      {[](Bill& b) { b.product_name = ""; }, "product_name is empty"},
      {[](Bill& b) { b.changeset.packages[0].location.reset(); }, "changeset.packages[0] has no location ('git')"},
      {[](Bill& b) { b.changeset.packages[1].sources.clear(); }, "changeset.packages[1] has no sources ('perl-base')"},
      {[](Bill& b) { b.changeset.packages[0].location->digest = "sha256:0"; },
       "changeset.packages[0].location.digest is no digest: 'sha256:0'"},
      {[](Bill& b) { b.changeset.packages[0].location->repository = 1; },
       "changeset.packages[0].location.repository is 1, the bill has 1"},
      {[](Bill& b) { std::get<bom::SourceFile>(b.changeset.packages[0].sources[1]).digest = ""; },
       "changeset.packages[0].sources[1].digest is no digest: ''"},
      {[](Bill& b) { std::get<bom::Git>(b.changeset.packages[1].sources[0]).ref = ""; },
       "changeset.packages[1].sources[0] has no repository or no ref"},
      {[](Bill& b) { b.changeset.packages[1].replaces = "5"; },
       "changeset.packages[1] replaces a version that is not in the base ('perl-base')"},
      {[](Bill& b) { b.changeset.packages[0].version = "1 2"; },
       "changeset.packages[0].version is no Debian version: '1 2'"},
      {[](Bill& b) { b.base_image.packages[0].name = "Perl"; },
       "base_image.packages[0].name is no package name: 'Perl'"},
      {[](Bill& b) { b.changeset.files[1].path = b.changeset.files[0].path; },
       "changeset.files[1].path stands twice: '/etc/product.conf'"},
      {[](Bill& b) { b.changeset.files[0].path = "etc"; }, "changeset.files[0].path is not absolute: 'etc'"},
      {[](Bill& b) { b.changeset.files[0].digest = ""; }, "changeset.files[0].digest is no digest: ''"},
      {[](Bill& b) { b.changeset.files[0].source.reset(); }, "changeset.files[0] has no source: '/etc/product.conf'"},
  };
  for (const auto& [spoil, sentence] : cases) {
    Bill bill = sample::full_bill();
    spoil(bill);
    auto found = bom::inconsistencies(bill);
    REQUIRE(!found.empty());
    CHECK(found[0] == sentence);
  }
  Bill twice = sample::full_bill();
  twice.changeset.packages.push_back(twice.changeset.packages[0]);
  CHECK(error_text([&] { bom::check_consistent(twice); }) ==
        "the bill of materials is not sound\n  changeset.packages[2] stands twice: 'git:amd64'");
}

TEST_CASE("many faults are counted, not listed") {
  bom::Bill bill = sample::full_bill();
  bill.changeset.packages.assign(100, bill.changeset.packages[0]);
  auto found = bom::inconsistencies(bill);
  CHECK(found.size() == 21);
  CHECK(found.back() == "and 79 more");
}

TEST_CASE("a bill must speak of the image that it came with") {
  auto bill = sample::full_bill();
  bom::check_describes(bill, base::Digest::parse(sample::sha256('d')));
  CHECK(error_text([&] { bom::check_describes(bill, base::Digest::parse(sample::sha256('e'))); }) ==
        "the bill of materials speaks of image '" + sample::sha256('d') + "', it was delivered with " +
            sample::sha256('e'));
  bill.image.digest = "";
  bom::check_describes(bill, base::Digest::parse(sample::sha256('e')));
}

TEST_CASE("sorting: packages by name, architecture and Debian version, files by path") {
  auto package = [](std::string name, std::string architecture, std::string version) {
    bom::Package out;
    out.name = std::move(name);
    out.architecture = std::move(architecture);
    out.version = std::move(version);
    return out;
  };
  bom::Bill bill;
  bill.changeset.packages = {package("b", "all", "1"), package("a", "i386", "1"), package("a", "amd64", "1.10"),
                             package("a", "amd64", "1.9")};
  bill.changeset.files = {{"/b", "", {}, {}, {}}, {"/a", "", {}, {}, {}}};
  bom::sort(bill);
  CHECK(bill.changeset.packages[0].version == "1.9");
  CHECK(bill.changeset.packages[1].version == "1.10");
  CHECK(bill.changeset.packages[2].architecture == "i386");
  CHECK(bill.changeset.packages[3].name == "b");
  CHECK(bill.changeset.files[0].path == "/a");
}

TEST_CASE("an image, a download and a package are sources, a path in the context is none") {
  auto problems = [](bom::Origin origin) {
    bom::Bill bill = sample::full_bill();
    bill.changeset.files = {{"/f", sample::sha256('a'), std::nullopt, 0644, std::move(origin)}};
    return bom::inconsistencies(bill);
  };
  CHECK(problems(bom::ImageOrigin{"busybox@" + sample::sha256('a'), "/f"}).empty());
  CHECK(problems(bom::UrlOrigin{"https://x.example/f", sample::sha256('a')}).empty());
  CHECK(problems(bom::PackageOrigin{"libssl3", "3.0-2", "amd64", "/f"}).empty());
  CHECK(problems(bom::ContextOrigin{"f"}) == std::vector<std::string>{"changeset.files[0] has no source: '/f'"});
}

TEST_CASE("a package that only gave files may stand beside the installed one and leaves the base's alone") {
  bom::Bill bill = sample::full_bill();
  bom::Package files = bill.changeset.packages[0];
  files.name = bill.base_image.packages[0].name;
  files.replaces.clear();
  files.state = bom::files_only;
  bill.changeset.packages = {files, files};
  CHECK(bom::inconsistencies(bill).empty());
}

TEST_CASE("a label names a bill by all of it but the image's digest") {
  const std::string yaml =
      "product_name: x\nchangeset:\n    digest: a\nimage:\n    digest: sha256:1\n    platform: linux/amd64\napt:\n    "
      "digest: b\n";
  const std::string without =
      "product_name: x\nchangeset:\n    digest: a\nimage:\n    platform: linux/amd64\napt:\n    digest: b\n";
  CHECK(bom::bill_digest(yaml) == base::sha256(without));
  CHECK(bom::bill_digest(without) == base::sha256(without));
  CHECK_NOTHROW(bom::check_labelled(yaml, base::sha256(without).text()));
  CHECK(support::error_text([&] {
          bom::check_labelled(yaml + "more: 1\n", "sha256:2");
        }).starts_with("the bill is not the one that the image was made with: its digest is sha256:"));
}

TEST_CASE("the label of a bill that was written is the same before and after its image is known") {
  auto bill = sample::full_bill();
  bill.image.digest.clear();
  const auto label = base::sha256(bom::to_yaml(bill)).text();
  bill.image.digest = sample::sha256('4');
  CHECK_NOTHROW(bom::check_labelled(bom::to_yaml(bill), label));
  bill.changeset.packages[0].version = "0";
  CHECK_THROWS_AS(bom::check_labelled(bom::to_yaml(bill), label), base::Error);
}
