#include "core/frontend/apt_setup.h"

#include <doctest/doctest.h>

#include "core/base/error.h"
#include "core/hcl/source.h"

namespace {

const std::string armoured = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n…\n";

recipe::Recipe load(const std::string& blocks) {
  return ::recipe::load(hcl::File::make("estaleiro.hcl", "image \"x\" {\n  base_image = \"debian\"\n" + blocks + "}\n"),
                        {});
}

std::vector<deb::Repository> debian() {
  return deb::parse_sources_list(
      "deb [signed-by=/usr/share/keyrings/debian.gpg] http://deb.example/debian bookworm main\n", "sources.list");
}
deb::OsRelease bookworm() { return {"debian", "12", "bookworm", "Debian 12"}; }

frontend::AptSetup apt_setup(const recipe::Recipe& asked, const std::vector<deb::Repository>& of_base,
                             const deb::OsRelease& os, const std::map<std::string, std::string>& keys) {
  return frontend::apt_setup(asked, asked.image.apt, asked.image.apt.front().range, of_base, os, keys);
}

}  // namespace

TEST_CASE("the base's own repositories are used, each with its sources, and a missing security suite is said") {
  auto asked = load("  apt {\n    package \"jq\" {}\n    package \"git\" {\n      version = \"1:2.39\"\n    }\n  }\n");
  auto setup = apt_setup(asked, debian(), bookworm(), {});
  CHECK(setup.sources_list ==
        "deb [signed-by=/usr/share/keyrings/debian.gpg] http://deb.example/debian bookworm main\n"
        "deb-src [signed-by=/usr/share/keyrings/debian.gpg] http://deb.example/debian bookworm main\n");
  CHECK(setup.packages == "git=1:2.39\njq\n");
  CHECK(setup.preferences.empty());
  CHECK(setup.in_release_uris == std::vector<std::string>{"http://deb.example/debian/dists/bookworm/InRelease"});
  CHECK(setup.warnings == std::vector<std::string>{"no repository has the suite 'bookworm-security': packages are "
                                                   "installed without their security updates"});
}

TEST_CASE("a vendor's repository trusts its block's key alone and may replace nothing of the distribution") {
  auto asked = load(
      "  apt {\n    repositories = [\"deb https://vendor.example/linux stable main\"]\n"
      "    key \"vendor key\" { uri = \"https://vendor.example/key\" }\n    package \"vendor-tool\" {}\n  }\n");
  auto setup = apt_setup(asked, debian(), bookworm(), {{"https://vendor.example/key", armoured}});
  REQUIRE(setup.keys.size() == 1);
  CHECK(setup.keys[0].path == "keys/0-vendor-key.asc");
  CHECK(setup.sources_list.find(
            "deb [signed-by=/tmp/in/keys/0-vendor-key.asc] https://vendor.example/linux stable main\n") !=
        std::string::npos);
  CHECK(setup.preferences ==
        "Package: *\nPin: origin \"vendor.example\"\nPin-Priority: 100\n\n"
        "Package: vendor-tool\nPin: origin \"vendor.example\"\nPin-Priority: 500\n\n");
}

TEST_CASE("a key's file is named by what it holds") {
  auto asked = load(
      "  apt {\n    repositories = [\"deb https://vendor.example/linux stable main\"]\n"
      "    key \"k\" { uri = \"https://vendor.example/key\" }\n    package \"tool\" {}\n  }\n");
  auto path = [&](const std::string& bytes) {
    return apt_setup(asked, debian(), bookworm(), {{"https://vendor.example/key", bytes}}).keys[0].path;
  };
  CHECK(path(armoured).ends_with(".asc"));
  CHECK(path("\x99\x01\x0d").ends_with(".gpg"));
  CHECK(path("\xc6\x33").ends_with(".gpg"));
  CHECK_THROWS_AS(path("<html>"), base::Error);
  CHECK_THROWS_AS(path(""), base::Error);
}

TEST_CASE("a repository that the recipe may not have is refused with its place") {
  auto asked = load(
      "  apt {\n    repositories = [\"deb http://vendor.example/linux stable main\"]\n    package \"tool\" {}\n  }\n");
  auto setup = apt_setup(asked, {}, {}, {});
  CHECK(setup.repositories.size() == 2);
  auto none = load("  apt {\n    package \"tool\" {}\n  }\n");
  CHECK_THROWS_WITH_AS(apt_setup(none, {}, {}, {}),
                       "estaleiro.hcl:3:3: the image that apt is asked in has no repositories", base::Error);
}

TEST_CASE("a snapshot is put into its repositories, trusts the base's keys and leaves out the archive of today") {
  auto asked = load(
      "  apt {\n    snapshot     = \"20240131\"\n"
      "    repositories = [\"deb https://deb.example/archive/@SNAPSHOTID@ bookworm main\"]\n"
      "    package \"jq\" {}\n  }\n");
  auto setup = apt_setup(asked, debian(), bookworm(), {});
  const std::string rest =
      "[signed-by=/usr/share/keyrings/debian.gpg check-valid-until=no] "
      "https://deb.example/archive/20240131T000000Z bookworm main\n";
  CHECK(setup.sources_list == "deb " + rest + "deb-src " + rest);
  CHECK(setup.preferences.empty());
  CHECK(setup.in_release_uris ==
        std::vector<std::string>{"https://deb.example/archive/20240131T000000Z/dists/bookworm/InRelease"});
}
