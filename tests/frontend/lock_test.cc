#include "core/frontend/lock.h"

#include <doctest/doctest.h>

#include "core/base/error.h"
#include "core/hcl/source.h"
#include "tests/bom/sample.h"

namespace {

recipe::Recipe load(const std::string& base, const std::string& packages) {
  return ::recipe::load(hcl::File::make("estaleiro.hcl", "image \"x\" {\n  base_image = \"" + base + "\"\n  apt {\n" +
                                                             packages + "  }\n}\n"),
                        {});
}

template <class Body>
std::string error_of(Body body) {
  try {
    body();
  } catch (const base::Error& error) {
    return error.message();
  }
  return "no error";
}

std::string plan_error(const std::string& packages) {
  auto recipe = load("registry.example/library/debian:bookworm", packages);
  return error_of([&] { frontend::locked_plan(recipe, sample::full_bill()); });
}

}  // namespace

TEST_CASE("the base is the lock's, at its digest") {
  auto lock = sample::full_bill();
  CHECK(frontend::locked_base(load("registry.example/library/debian:bookworm", ""), lock) ==
        lock.base_image.canonical_name);
  CHECK(error_of([&] { frontend::locked_base(load("debian:trixie", ""), lock); }) ==
        "base image 'docker.io/library/debian:trixie' is not the lock's, '" + lock.base_image.canonical_name + "'");
}

TEST_CASE("a plan comes out of the lock without asking anybody") {
  auto recipe = load("registry.example/library/debian:bookworm", "    package \"git\" {}\n");
  auto plan = frontend::locked_plan(recipe, sample::full_bill());
  REQUIRE(plan.packages.size() == 2);
  CHECK(plan.packages[0].binary.name == "git");
  CHECK(plan.packages[0].binary.version == "1:2.39.5-0+deb12u3");
  CHECK(plan.packages[0].download.hash.text() == sample::sha256('1'));
}

TEST_CASE("lock and recipe must ask for the same") {
  CHECK(plan_error("    package \"git\" {}\n    package \"jq\" {}\n") == "the lock has no package 'jq'");
  CHECK(plan_error("    package \"git\" {\n      version = \"1:2.40\"\n    }\n") ==
        "the lock has package 'git' at '1:2.39.5-0+deb12u3', not at '1:2.40'");
  CHECK(plan_error("") == "the lock has package 'git', the recipe does not ask for it");
  // perl-base came as a dependency and is in the base too.
  CHECK(plan_error("    package \"git\" {}\n    package \"perl-base\" {}\n") == "no error");
}

TEST_CASE("a file of the same ref must have the same bytes, one of another ref need not") {
  auto lock = sample::full_bill();
  auto files = lock.changeset.files;
  CHECK_NOTHROW(frontend::check_locked_files(lock, files));
  files[0].digest = sample::sha256('9');
  CHECK_THROWS_AS(frontend::check_locked_files(lock, files), base::Error);
  files[0].source->ref = "v1.3.0";
  CHECK_NOTHROW(frontend::check_locked_files(lock, files));
}

TEST_CASE("a .deb may lie below the other archives, in the snapshots of the time, and under its SHA1") {
  auto lock = sample::full_bill();
  auto& location = *lock.changeset.packages[0].location;
  auto extra = deb::parse_repository("deb https://mirror.example/debian bookworm main");
  auto local = deb::parse_repository("deb file:/srv/debian bookworm main");
  location.uri = "http://gone.example/debian/pool/main/g/git/git.deb";
  CHECK(frontend::other_places(lock, location, {extra, local}) ==
        std::vector<std::string>{
            "http://deb.example/debian/pool/main/g/git/git.deb",
            "https://mirror.example/debian/pool/main/g/git/git.deb",
            "https://snapshot.debian.org/archive/debian/20240511T092015Z/pool/main/g/git/git.deb",
            "https://snapshot.debian.org/file/" + std::string(40, '2'),
        });
  lock.base_image.os = "ubuntu";
  CHECK(frontend::other_places(lock, location, {}).size() == 1);
  location.uri = "http://deb.example/git.deb";
  CHECK(frontend::other_places(lock, location, {extra}).empty());
}
