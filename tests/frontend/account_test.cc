#include "core/frontend/account.h"

#include <doctest/doctest.h>

#include "core/base/error.h"
#include "core/frontend/coverage.h"

using namespace std::string_literals;

namespace {

/// A line of find: type, inode, time of change, size, mode, path.
std::string entry(char type, const std::string& time, const std::string& path) {
  return std::string(1, type) + " 7 " + time + " 10 644 " + path + '\0';
}

std::uint64_t paths_of(const bom::Coverage& coverage, const std::string& kind) {
  for (const auto& one : coverage.kinds)
    if (one.name == kind) return one.paths;
  return 0;
}

frontend::Account account() {
  return frontend::parse_account({
      {"paths", "d 755 0 usr\0\0"s + "d 755 0 usr/bin\0\0"s + "l 777 7 bin\0usr/bin\0"s + "f 4755 9 usr/bin/su\0\0"s +
                    "f 755 9 usr/bin/sh.distrib\0\0"s + "l 777 4 usr/bin/sh\0dash\0"s +
                    "d 755 0 var/lib/dpkg/info\0\0"s + "l 777 13 usr/bin/awk\0/etc/alternatives/awk\0"s +
                    "f 644 3 etc/generated\0\0"s + "f 644 3 etc/motd\0\0"s + "f 644 3 etc/left\0\0"s +
                    "d 755 0 etc\0\0"s},
      {"lists",
       "\tvar/lib/dpkg/info/base-files.list\n/.\n/usr\n/usr/bin\n/bin\n/etc\n/etc/motd\n"
       "\tvar/lib/dpkg/info/login:amd64.list\n/bin/su\n"
       "\tvar/lib/dpkg/info/dash.list\n/bin/sh\n"
       "\tvar/lib/dpkg/info/other.list\n/bin/sh\n"},
      {"diversions", "/bin/sh\n/bin/sh.distrib\ndash\n"},
      {"alternatives", "auto\n/usr/bin/awk\n\n/usr/bin/mawk\n5\n\n"},
      {"sums", "3\n"},
      {"wrong", "etc/motd: FAILED\nusr/share/doc/x: FAILED open or read\n"},
      {"copyright", "\1usr/share/doc/login/copyright\nline\n\1usr/share/doc/dash/copyright\n"},
  });
}

}  // namespace

TEST_CASE("what changed is found by comparing the tree before and after") {
  auto changes = frontend::parse_changes({
      {"before", entry('d', "1.0", "/") + entry('f', "1.0", "/same") + entry('f', "1.0", "/other") +
                     entry('d', "1.0", "/gone") + entry('f', "1.0", "/gone/below") + entry('d', "1.0", "/proc")},
      {"after", entry('d', "2.0", "/") + entry('f', "1.0", "/same") + entry('f', "2.0", "/other") +
                    entry('f', "2.0", "/new\nline") + entry('d', "2.0", "/proc")},
      {"removed", "/etc/machine-id\n"},
      {"sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709  jq_amd64.deb\n"},
  });
  CHECK(changes.changed == std::unordered_set<std::string>{"/other", "/new\nline"});
  CHECK(changes.gone == std::vector<std::string>{"/gone"});
  CHECK(changes.fresh == std::vector<std::string>{"/etc/machine-id"});
  CHECK(changes.sha1.at("jq_amd64.deb") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(!changes.observed);
  CHECK(changes.authors.empty());
}

TEST_CASE("a path belongs to the step in which it changed last, and to those that were seen to touch it") {
  auto changes = frontend::parse_changes({
      {"before", ""},
      {"after", entry('f', "5.5", "/etc/passwd") + entry('f', "3.5", "/usr/x") + entry('f', "9.0", "/late")},
      {"steps", "3.0 00000-\n4.0 00001-ca-certificates\n6.0 00002-dbus,systemd\n"},
      {"touched", "00001-ca-certificates /etc/passwd\0"s + "00001-ca-certificates /etc/temporary\0"s},
  });
  CHECK(changes.observed);
  CHECK(changes.authors.at("/etc/passwd") == std::set<std::string>{"ca-certificates", "dbus", "systemd"});
  CHECK(changes.authors.at("/usr/x") == std::set<std::string>{"ca-certificates"});
  CHECK(!changes.authors.contains("/late"));
  CHECK(!changes.authors.contains("/etc/temporary"));
}

TEST_CASE("a listed path is found behind links and diversions") {
  auto owners = frontend::owners(account());
  CHECK(owners.at("/usr/bin/su") == std::vector<std::string>{"login"});
  CHECK(owners.at("/usr/bin/sh") == std::vector<std::string>{"dash"});
  CHECK(owners.at("/usr/bin/sh.distrib") == std::vector<std::string>{"other"});
}

TEST_CASE("links that lead round in a circle end") {
  frontend::Account account;
  account.paths = {{"/a", 'l', 0777, 1, "b"}, {"/b", 'l', 0777, 1, "a"}};
  account.lists = {{"p", {"/a/x"}}};
  CHECK(frontend::owners(account).contains("/a/x"));
}

TEST_CASE("every path is of one kind, and the numbers add up") {
  frontend::Changes changes;
  changes.changed = {"/etc/generated", "/usr/bin/su"};
  auto coverage = frontend::cover(account(), frontend::owners(account()), changes,
                                  {{"/etc", 'd', 0, 0, ""}, {"/opt", 'd', 0, 0, ""}, {"/opt/x", 'f', 04755, 0, ""}});
  CHECK(coverage.paths == 14);
  CHECK(coverage.changed == 4);
  CHECK(paths_of(coverage, "package") == 8);
  CHECK(paths_of(coverage, "package-database") == 1);
  CHECK(paths_of(coverage, "alternative") == 1);
  CHECK(paths_of(coverage, "generated") == 1);
  CHECK(paths_of(coverage, "declared") == 2);
  CHECK(paths_of(coverage, "base") == 1);
  CHECK(coverage.residue == std::vector<std::string>{"/etc/left"});
  CHECK(coverage.generated == std::vector<bom::Coverage::Generated>{{"/etc/generated", {}}});
  CHECK(coverage.unexplained.empty());
  CHECK(coverage.altered == std::vector<std::string>{"/etc/motd"});
  CHECK(coverage.verified == 1);
  CHECK(coverage.set_id == std::vector<std::string>{"/opt/x", "/usr/bin/su"});
}

TEST_CASE("a path that was watched and that nobody made is unexplained") {
  frontend::Changes changes;
  changes.changed = {"/etc/generated", "/etc/left"};
  changes.observed = true;
  changes.authors["/etc/generated"] = {"dbus"};
  auto coverage = frontend::cover(account(), frontend::owners(account()), changes, {});
  CHECK(coverage.unexplained == std::vector<std::string>{"/etc/left"});
  CHECK(coverage.generated[0].by == std::vector<std::string>{"dbus"});
}

TEST_CASE("copyright files are told apart by their names") {
  auto copyrights = account().copyrights;
  CHECK(copyrights.at("login") == "line\n");
  CHECK(copyrights.contains("dash"));
}

TEST_CASE("an account that makes no sense is refused") {
  using Files = std::map<std::string, std::string>;
  for (const auto& [name, files] : std::vector<std::pair<std::string, Files>>{
           {"cut", {{"paths", "f 644 3 etc"}}},
           {"no size", {{"paths", "f 644 etc\0\0"s}}},
           {"a mode that is none", {{"paths", "f 999 3 etc\0\0"s}}},
           {"a count that is none", {{"sums", "many\n"}}},
           {"a copyright file without a name", {{"copyright", "\1x\n"}}},
       }) {
    CAPTURE(name);
    CHECK_THROWS_AS(frontend::parse_account(files), base::Error);
  }
  for (const auto& [name, files] : std::vector<std::pair<std::string, Files>>{
           {"a cut record", {{"after", "f 7 1.0 10 644 /x"}}},
           {"too few words", {{"after", "f 7 /x\0"s}}},
           {"a step without a name", {{"steps", "3.0 00000\n"}}},
           {"a hash without a file", {{"sha1", "da39\n"}}},
       }) {
    CAPTURE(name);
    CHECK_THROWS_AS(frontend::parse_changes(files), base::Error);
  }
}
