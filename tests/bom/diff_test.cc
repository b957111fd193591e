#include "core/bom/diff.h"

#include <doctest/doctest.h>

#include "tests/bom/golden.h"
#include "tests/bom/sample.h"

namespace {

bom::Package package(const std::string& name, const std::string& version, const std::string& architecture = "amd64") {
  bom::Package out;
  out.name = name;
  out.version = version;
  out.architecture = architecture;
  return out;
}

bom::Bill later_bill() {
  bom::Bill bill = sample::full_bill();
  bill.base_image.canonical_name = "registry.example/library/debian:bookworm@" + sample::sha256('0');
  auto& git = bill.changeset.packages[0];
  git.version = "1:2.39.5-0+deb12u4";
  git.license = "GPL-2.0-or-later";
  bill.changeset.packages[1].version = "5.36.0-7+deb12u3";
  bill.changeset.packages.push_back(package("jq", "1.6-2"));
  bill.base_image.packages.erase(bill.base_image.packages.begin() + 1);
  bill.changeset.files[0].digest = sample::sha256('1');
  bill.changeset.files[1].source->ref = std::string(40, 'a');
  bill.changeset.files.push_back({"/etc/`new`", sample::sha256('2'), bom::Git{"https://git.example/x", "v1"}, {}, {}});
  bill.coverage->set_id.push_back("/usr/bin/sudo");
  return bill;
}

}  // namespace

TEST_CASE("a bill and itself differ in nothing") {
  auto same = bom::difference(sample::full_bill(), sample::full_bill());
  CHECK(same.empty());
  CHECK(same.summary() == "nothing");
  CHECK(bom::to_markdown(same, "team/app") ==
        "## What changed in team/app\n\nNothing: packages, files and base image are the same.\n");
}

TEST_CASE("what changed is told in words") {
  auto changes = bom::difference(sample::full_bill(), later_bill());
  CHECK(changes.summary() ==
        "base image moved, 1 package added, 1 package upgraded, 1 package downgraded, 1 package removed, 1 licence "
        "changed, 1 file added, 1 file moved, 1 file rebuilt, 1 set-id file added");
  check_golden("diff.md", bom::to_markdown(changes, "registry.example/team/product"));
}

TEST_CASE("versions compare by Debian's rules, not as text") {
  bom::Bill before, after;
  before.changeset.packages = {package("a", "9"), package("b", "1:1"), package("c", "1.0")};
  after.changeset.packages = {package("a", "10"), package("b", "2"), package("c", "1.0~rc1")};
  auto changes = bom::difference(before, after);
  CHECK(changes.upgraded == std::vector<bom::Difference::Change>{{"a", "9", "10"}});
  CHECK(changes.downgraded == std::vector<bom::Difference::Change>{{"b", "1:1", "2"}, {"c", "1.0", "1.0~rc1"}});
}

TEST_CASE("architectures are told apart where there are two, and all is none of its own") {
  bom::Bill before, after;
  before.changeset.packages = {package("lib", "1", "amd64"), package("doc", "1", "all")};
  after.changeset.packages = {package("lib", "1", "amd64"), package("lib", "1", "i386"), package("doc", "2", "amd64")};
  auto changes = bom::difference(before, after);
  CHECK(changes.added == std::vector<bom::Difference::Change>{{"lib:i386", "", "1"}});
  CHECK(changes.upgraded == std::vector<bom::Difference::Change>{{"doc", "1", "2"}});
  CHECK(changes.removed.empty());
}

TEST_CASE("the same version out of another .deb is seen") {
  bom::Bill before = sample::full_bill(), after = before;
  after.changeset.packages[0].location->digest = sample::sha256('9');
  CHECK(bom::difference(before, after).replaced ==
        std::vector<bom::Difference::Change>{{"git", sample::sha256('1'), sample::sha256('9')}});
}
