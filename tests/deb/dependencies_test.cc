#include "core/deb/dependencies.h"

#include <doctest/doctest.h>

#include "core/deb/packages_index.h"
#include "tests/support/error_text.h"

using support::error_text;

TEST_CASE("relations in all their forms") {
  using Group = std::vector<deb::Dependency>;
  auto parsed = deb::parse_dependencies(
      "libc6 (>= 2.36), python3:any (<< 4), a | b(=1:1~), c [amd64 !i386] <!nocheck>, d (> 1),");
  REQUIRE(parsed.size() == 5);
  CHECK(parsed[0] == Group{{"libc6", "", ">=", "2.36"}});
  CHECK(parsed[1] == Group{{"python3", "any", "<<", "4"}});
  CHECK(parsed[2] == Group{{"a", "", "", ""}, {"b", "", "=", "1:1~"}});
  CHECK(parsed[3] == Group{{"c", "", "", ""}});
  CHECK(parsed[4] == Group{{"d", "", ">=", "1"}});
  CHECK(deb::parse_dependencies("").empty());
}

TEST_CASE("relations that cannot be read are refused") {
  for (std::string bad : {"a (1)", "a (>= )", "a (>= 1", "a b", "a | ", "(>= 1)", "a (>= 1) x", "a (>= 1 2)"})
    CHECK(error_text([&] { deb::parse_dependencies(bad); }).ends_with("' cannot be read"));
  std::string many;
  for (int i = 0; i < 10001; i++) many += "a,";
  CHECK(error_text([&] { deb::parse_dependencies(many); }) == "more than 10000 dependencies in one field");
}

TEST_CASE("who asked for a package: the shortest chain, provided names included") {
  auto package = [](std::string name, std::string depends, std::vector<std::string> provides = {}) {
    deb::BinaryPackage out;
    out.name = std::move(name);
    out.depends = deb::parse_dependencies(depends);
    out.provides = std::move(provides);
    return out;
  };
  std::vector<deb::BinaryPackage> packages = {
      package("git", "libcurl3, perl, git-man"),
      package("git-man", ""),
      package("perl", "libperl, virtual-db"),
      package("libperl", "perl"),
      package("libcurl3", "librtmp"),
      package("librtmp", "libdb"),
      package("libdb", "", {"virtual-db"}),
      package("stray", ""),
  };
  auto chains = deb::requested_by(packages, {"git", "absent"});
  CHECK(chains.at("git") == std::vector<std::string>{"git"});
  CHECK(chains.at("librtmp") == std::vector<std::string>{"git", "libcurl3", "librtmp"});
  CHECK(chains.at("libdb") == std::vector<std::string>{"git", "perl", "libdb"});
  CHECK(!chains.contains("stray"));
  CHECK(!chains.contains("absent"));
}
