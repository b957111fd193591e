#include "core/bom/document.h"

#include <doctest/doctest.h>

#include "core/bom/purl.h"
#include "tests/bom/sample.h"

TEST_CASE("package URLs as scanners expect them") {
  bom::BaseImage debian{"x", "debian", "12", "bookworm", {}, ""};
  bom::Package package;
  package.name = "libstdc++6";
  package.version = "12.2.0-14+deb12u1";
  package.architecture = "amd64";
  package.source = {"gcc-12", "12.2.0-14+deb12u1"};
  CHECK(bom::purl(package, debian) ==
        "pkg:deb/debian/"
        "libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64&distro=debian-12&upstream=gcc-12%4012.2.0-14%2Bdeb12u1");
  package.name = "git";
  package.version = "1:2.39.5-0~1";
  package.source = {"git", "1:2.39.5-0~1"};
  CHECK(bom::purl(package, debian) == "pkg:deb/debian/git@1:2.39.5-0~1?arch=amd64&distro=debian-12");
  CHECK(bom::source_purl(package.source, debian) == "pkg:deb/debian/git@1:2.39.5-0~1?arch=source&distro=debian-12");
  debian.version = "";
  CHECK(bom::purl(package, debian) == "pkg:deb/debian/git@1:2.39.5-0~1?arch=amd64&distro=debian-bookworm");
  package.version = package.architecture = "";
  CHECK(bom::purl(package, {}) == "pkg:deb/git?upstream=git%401:2.39.5-0~1");
}

TEST_CASE("a document's id depends on the image's digest alone, else on the whole bill") {
  auto bill = sample::full_bill();
  auto id = bom::document_uuid(bill, "spdx");
  CHECK(id.size() == 36);
  CHECK(id[14] == '5');
  CHECK(std::string("89ab").find(id[19]) != std::string::npos);
  CHECK(bom::document_uuid(bill, "cyclonedx") != id);
  bill.product_name = "other";
  CHECK(bom::document_uuid(bill, "spdx") == id);
  bill.image.digest = "";
  auto without = bom::document_uuid(bill, "spdx");
  CHECK(without != id);
  bill.product_name = "another";
  CHECK(bom::document_uuid(bill, "spdx") != without);
}

TEST_CASE("what is left of the base: neither removed nor replaced") {
  auto bill = sample::full_bill();
  auto left = bom::remaining_base_packages(bill);
  REQUIRE(left.size() == 1);
  CHECK(left[0]->name == "zz-broken");
}

TEST_CASE("a document's time is the image's, in whole seconds") {
  bom::Bill bill;
  CHECK(bom::document_time(bill) == "1970-01-01T00:00:00Z");
  bill.image.created = "2024-05-11T09:20:15Z";
  CHECK(bom::document_time(bill) == "2024-05-11T09:20:15Z");
  bill.image.created = "2024-05-11T09:20:15.123456789Z";
  CHECK(bom::document_time(bill) == "2024-05-11T09:20:15Z");
  for (auto odd : {"2024-05-11", "2024-05-11T09:20:15+02:00", "yesterday at noon, or so it isZ"}) {
    bill.image.created = odd;
    CHECK(bom::document_time(bill) == "1970-01-01T00:00:00Z");
  }
}

TEST_CASE("repositories become URLs") {
  CHECK(bom::vcs_url("https://git.example/a") == "https://git.example/a");
  CHECK(bom::vcs_url("git@git.example:team/a.git") == "ssh://git@git.example/team/a.git");
  CHECK(bom::vcs_url("ssh://git@git.example:22/a") == "ssh://git@git.example:22/a");
  CHECK(bom::vcs_url("./a:b") == "./a:b");
}
