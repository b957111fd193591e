#include "core/deb/apt_output.h"

#include <doctest/doctest.h>

#include "core/base/fd.h"
#include "tests/support/error_text.h"

using support::error_text;

namespace {

std::string data(const std::string& name) { return base::read_file(std::string(TEST_DATA) + "/" + name, 1 << 20); }

}  // namespace

TEST_CASE("apt's list of what it would fetch, with all hashes") {
  auto downloads = deb::parse_print_uris(data("print-uris-git-jq.txt"));
  REQUIRE(downloads.size() > 25);
  CHECK(downloads[0] ==
        deb::Download{
            "http://deb.example/debian-security/pool/updates/main/p/perl/perl-base_5.36.0-7%2bdeb12u4_amd64.deb",
            "perl-base_5.36.0-7+deb12u4_amd64.deb",
            1609596,
            {"sha256", "d7d1943aec9597629bf73075efcc5ef6dc9bda96d78e80d843156ecd448478b8"}});
  for (const auto& download : downloads) CHECK(download.hash.algorithm == "sha256");
}

TEST_CASE("a line without hash is an error that says how to get one") {
  CHECK(error_text([] { deb::parse_print_uris(data("print-uris-without-hash.txt")); }) ==
        "apt-get --print-uris line 1: the hash is missing: "
        "''http://deb.example/debian-security/pool/updates/main/p/perl/perl-base_5.36.0-7%2bdeb12u4_amd64.deb' "
        "perl-base_5.36.0-7+deb12u4_amd64.deb 1609596'\n"
        "  fix: the archive lists no hash of the kind that apt was asked for: run apt with Acquire::ForceHash=SHA256");
}

TEST_CASE("other algorithms are taken at their word") {
  auto downloads = deb::parse_print_uris("'http://h/a.deb' a.deb 1 MD5Sum:41f3ea2b9f5b419550f165975b941f81\n\n");
  REQUIRE(downloads.size() == 1);
  CHECK(downloads[0].hash.text() == "md5:41f3ea2b9f5b419550f165975b941f81");
}

TEST_CASE("lines that are not 'URI' NAME SIZE HASH are refused") {
  const std::string hash = " SHA1:0123456789012345678901234567890123456789";
  const std::string cases[] = {
      std::string("Reading package lists..."),
      "'' a.deb 1" + hash,
      "'http://h/a.deb a.deb 1" + hash,
      "'no uri' a.deb 1" + hash,
      "'relative/a.deb' a.deb 1" + hash,
      "'http://h/a.deb' ../a.deb 1" + hash,
      "'http://h/a.deb' .. 1" + hash,
      "'http://h/a.deb' a.deb -1" + hash,
      "'http://h/a.deb' a.deb 99999999999999999999" + hash,
      "'http://h/a.deb' a.deb 1x" + hash,
      "'http://h/a.deb' a.deb 1" + hash + " more",
      "'http://h/a.deb' a.deb 1 SHA256:0123",
      "'http://h/\x01' a.deb 1" + hash,
  };
  for (const std::string& bad : cases) {
    CAPTURE(bad);
    CHECK(error_text([&] { deb::parse_print_uris(bad); }).find("line 1") != std::string::npos);
  }
}

TEST_CASE("cache names quote what apt quotes") {
  CHECK(deb::cache_file_name("git", "1:2.39.5-0+deb12u3", "amd64") == "git_1%3a2.39.5-0+deb12u3_amd64.deb");
  CHECK(deb::cache_file_name("a", "1~b_c%", "all") == "a_1~b%5fc%25_all.deb");
}

TEST_CASE("apt's plan: upgrades show what they replace") {
  auto plan = deb::parse_plan(data("plan-git-jq.txt"));
  REQUIRE(plan.size() > 50);
  CHECK(plan[0] == deb::PlanStep{deb::PlanStep::Action::install,
                                 "perl-base",
                                 "5.36.0-7+deb12u4",
                                 "5.36.0-7+deb12u2",
                                 "amd64",
                                 {"Debian-Security:12/oldstable-security"}});
  CHECK(plan[1].action == deb::PlanStep::Action::configure);
  CHECK(plan[1].name == "perl-base");
  CHECK(plan[1].old_version == "");
}

TEST_CASE("plan lines in all their forms") {
  using enum deb::PlanStep::Action;
  struct {
    std::string line;
    deb::PlanStep step;
  } cases[] = {
      {"Inst jq (1.6-2.1 Debian:12.11/stable, Debian-Security:12/stable-security [amd64])",
       {install, "jq", "1.6-2.1", "", "amd64", {"Debian:12.11/stable", "Debian-Security:12/stable-security"}}},
      {"Inst nodejs (20.1-1nodesource1 . nodistro:nodistro [amd64]) []",
       {install, "nodejs", "20.1-1nodesource1", "", "amd64", {". nodistro:nodistro"}}},
      {"Inst libc6 [2.36-9] (2.36-10 Debian:12/stable [amd64]) [libc-bin:amd64 libc6-dev:amd64 ]",
       {install, "libc6", "2.36-10", "2.36-9", "amd64", {"Debian:12/stable"}}},
      {"Inst libc6:i386 (2.36-10 Debian:12/stable [i386])",
       {install, "libc6", "2.36-10", "", "i386", {"Debian:12/stable"}}},
      {"Conf local (1 [all])", {configure, "local", "1", "", "all", {}}},
      {"Remv exim4 [4.96-15]", {remove, "exim4", "", "4.96-15", "", {}}},
      {"Remv exim4 [4.96-15] [a:amd64 ]", {remove, "exim4", "", "4.96-15", "", {}}},
      {"Purg exim4 [4.96-15]", {purge, "exim4", "", "4.96-15", "", {}}},
  };
  for (const auto& [line, step] : cases) {
    CAPTURE(line);
    auto plan = deb::parse_plan("Reading package lists...\n" + line + "\n");
    REQUIRE(plan.size() == 1);
    CHECK(plan[0] == step);
  }
}

TEST_CASE("a plan line that cannot be read is an error, other lines are not") {
  CHECK(deb::parse_plan("NOTE: This is only a simulation!\nThe following NEW packages will be installed:\n  jq\n")
            .empty());
  for (std::string bad :
       {"Inst", "Inst jq", "Inst jq (1.6", "Inst jq (1.6)", "Inst jq [1.5]", "Inst jq ( [amd64])", "Conf jq broken"})
    CHECK(error_text([&] { deb::parse_plan(bad); }) == "apt-get -s line 1: cannot be read: '" + bad + "'");
}

TEST_CASE("source files come in groups that begin with a .dsc") {
  auto groups = deb::parse_source_uris(data("source-uris.txt"));
  REQUIRE(groups.size() == 4);
  CHECK(groups[0].size() == 3);
  CHECK(groups[0][0].name == "jq_1.6-2.1+deb12u3.dsc");
  for (const auto& group : groups) CHECK(group[0].name.ends_with(".dsc"));
  CHECK(error_text([] {
          deb::parse_source_uris("'http://h/a.tar.xz' a.tar.xz 1 SHA1:0123456789012345678901234567890123456789");
        }) ==
        "apt-get --print-uris line 1: the first file is no .dsc: "
        "''http://h/a.tar.xz' a.tar.xz 1 SHA1:0123456789012345678901234567890123456789'");
}
