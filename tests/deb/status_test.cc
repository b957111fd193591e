#include "core/deb/status.h"

#include <doctest/doctest.h>

#include "core/base/fd.h"
#include "tests/support/error_text.h"

using support::error_text;

namespace {

std::string stanza(std::string_view status, std::string_view more = "") {
  return "Package: p\nStatus: " + std::string(status) + "\nVersion: 1\nArchitecture: amd64\n" + std::string(more);
}

}  // namespace

TEST_CASE("a real status file: sources split, conffiles kept, sorted") {
  auto database = deb::parse_status(base::read_file(TEST_DATA "/status-minbase.txt", 1 << 20));
  REQUIRE(database.installed.size() == 11);
  CHECK(database.leftovers.empty());
  CHECK(database.installed.front().name == "apt");

  const auto* bsdutils = database.find("bsdutils");
  REQUIRE(bsdutils);
  CHECK(bsdutils->version == "1:2.38.1-5+deb12u3");
  CHECK(bsdutils->source_field == "util-linux");
  CHECK(bsdutils->source == deb::SourceName{"util-linux", "2.38.1-5+deb12u3"});

  const auto* base_files = database.find("base-files", "amd64");
  REQUIRE(base_files);
  CHECK(base_files->source_field == "");
  CHECK(base_files->source == deb::SourceName{"base-files", base_files->version});
  CHECK(!base_files->conffiles.empty());
  CHECK(base_files->conffiles[0].path.starts_with("/etc/"));
  CHECK(base_files->conffiles[0].md5.size() == 32);

  CHECK(database.find("libc6", "amd64")->multi_arch_same);
  CHECK(database.find("libc6", "i386") == nullptr);
  CHECK(database.find("jq") == nullptr);
}

TEST_CASE("only the third word of Status decides") {
  struct {
    std::string status;
    int installed;
    int leftovers;
    deb::State state;
  } cases[] = {
      {"install ok installed", 1, 0, deb::State::installed},
      {"hold ok installed", 1, 0, deb::State::installed},
      {"deinstall ok installed", 1, 0, deb::State::installed},
      {"deinstall ok config-files", 0, 1, {}},
      {"install ok unpacked", 1, 0, deb::State::unpacked},
      {"install ok half-configured", 1, 0, deb::State::half_configured},
      {"install reinstreq half-installed", 1, 0, deb::State::half_installed},
      {"install ok triggers-awaited", 1, 0, deb::State::triggers_awaited},
      {"install ok triggers-pending", 1, 0, deb::State::triggers_pending},
      {"unknown ok not-installed", 0, 0, {}},
      {"purge ok not-installed", 0, 0, {}},
  };
  for (const auto& [status, installed, leftovers, state] : cases) {
    CAPTURE(status);
    auto database = deb::parse_status(stanza(status));
    REQUIRE(database.installed.size() == static_cast<std::size_t>(installed));
    CHECK(database.leftovers.size() == static_cast<std::size_t>(leftovers));
    if (installed) CHECK(database.installed[0].state == state);
    if (installed) CHECK(deb::to_string(state) == status.substr(status.rfind(' ') + 1));
  }
}

TEST_CASE("a half-installed package may lack all but its name") {
  auto database = deb::parse_status("Package: broken\nStatus: install reinstreq half-installed\n");
  REQUIRE(database.installed.size() == 1);
  CHECK(database.installed[0].state == deb::State::half_installed);
  CHECK(database.installed[0].version == "");
  CHECK(database.installed[0].source.name == "broken");
}

TEST_CASE("two architectures of one package are two packages") {
  std::string text = "Package: ma\nStatus: install ok installed\nVersion: 1\nMulti-Arch: same\nArchitecture: ";
  auto database = deb::parse_status(text + "i386\n\n" + text + "amd64\n");
  REQUIRE(database.installed.size() == 2);
  CHECK(database.find("ma")->architecture == "amd64");
  CHECK(database.find("ma", "i386")->architecture == "i386");
  CHECK(error_text([&] { deb::parse_status(text + "i386\n\n" + text + "i386\n"); }) ==
        "dpkg status has package 'ma' of architecture 'i386' twice");
}

TEST_CASE("conffiles: obsolete ones, paths with blanks, new ones without hash") {
  auto database = deb::parse_status(stanza("install ok installed",
                                           "Conffiles:\n /etc/a 00000000000000000000000000000001\n"
                                           " /etc/with blank 00000000000000000000000000000002 obsolete\n"
                                           " /etc/new newconffile\n"));
  CHECK(database.installed[0].conffiles == std::vector<deb::Conffile>{
                                               {"/etc/a", "00000000000000000000000000000001", false},
                                               {"/etc/with blank", "00000000000000000000000000000002", true},
                                               {"/etc/new", "", false},
                                           });
}

TEST_CASE("distroless: each status.d file holds one stanza without Status") {
  auto database =
      deb::parse_status_d({"Package: tzdata\nVersion: 2024a-0+deb12u1\nArchitecture: all\n",
                           "Package: libssl3\nSource: openssl\nVersion: 3.0.13-1\nArchitecture: amd64\n", ""});
  REQUIRE(database.installed.size() == 2);
  CHECK(database.installed[0].name == "libssl3");
  CHECK(database.installed[0].source == deb::SourceName{"openssl", "3.0.13-1"});
}

TEST_CASE("broken status files are refused with the line") {
  struct {
    std::string text;
    std::string error;
  } cases[] = {
      {"Package: p\nVersion: 1\n", "dpkg status line 1: the stanza has no Status field"},
      {stanza("install ok"), "dpkg status line 1: Status 'install ok' is not three words"},
      {stanza("install ok exploded"), "dpkg status line 1: 'exploded' is no package state that dpkg knows"},
      {"Status: install ok installed\nVersion: 1\n", "dpkg status line 1: package '' has no Package"},
      {"\nPackage: p\nStatus: install ok installed\n", "dpkg status line 2: package 'p' has no Version"},
      {"Package: p\nStatus: install ok installed\nVersion: 1 2\nArchitecture: all\n",
       "dpkg status line 1: Version '1 2' has blanks or odd characters"},
      {stanza("install ok installed", "Source: a b\n"),
       "package 'p': Source field 'a b' is not 'name' or 'name (version)'\n  while reading dpkg status line 1"},
      {stanza("install ok installed", "Source: a (1\n"),
       "package 'p': Source field 'a (1' is not 'name' or 'name (version)'\n  while reading dpkg status line 1"},
      {stanza("install ok installed", "Built-Using: a (>= 1)\n"),
       "Built-Using has 'a (>= 1)', not 'name (= version)'\n  while reading dpkg status line 1"},
      {"garbage", "dpkg status line 1: 'garbage' is not of the form 'Name: value'"},
  };
  for (const auto& [text, error] : cases) CHECK(error_text([&, t = text] { deb::parse_status(t); }) == error);
}

TEST_CASE("Built-Using is a sorted list without repetitions") {
  CHECK(deb::parse_built_using("b (= 2), a (=1:1~x),\n b (= 2) , ") ==
        std::vector<deb::SourceName>{{"a", "1:1~x"}, {"b", "2"}});
  CHECK(deb::parse_built_using("").empty());
}
