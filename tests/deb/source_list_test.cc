#include "core/deb/source_list.h"

#include <doctest/doctest.h>

#include "core/base/fd.h"
#include "tests/support/error_text.h"

using support::error_text;
using Type = deb::Repository::Type;

TEST_CASE("one-line entries, printed as they were read") {
  for (std::string line : {
           "deb http://deb.example/debian bookworm main",
           "deb-src http://deb.example/debian bookworm main contrib",
           "deb [arch=amd64,arm64 signed-by=/keys/a.gpg] https://deb.example/x stable main",
           "deb https://deb.example/flat ./",
           "deb https://deb.example/flat /",
           "deb [by-hash=no check-valid-until=no] http://deb.example/debian-security bookworm/updates main",
       })
    CHECK(deb::to_line(deb::parse_repository(line)) == line);
  auto repository = deb::parse_repository("  deb\t[ signed-by=/k  ARCH=amd64 ]  http://deb.example/d \tx  main ");
  CHECK(deb::to_line(repository) == "deb [arch=amd64 signed-by=/k] http://deb.example/d x main");
  CHECK(deb::parse_repository("deb [trusted=no] http://deb.example/d x main").options.empty());
}

TEST_CASE("where a repository's files are") {
  auto debian = deb::parse_repository("deb http://deb.example/debian/ bookworm main");
  CHECK(debian.in_release_uri() == "http://deb.example/debian/dists/bookworm/InRelease");
  CHECK(debian.file_uri("pool/main/j/jq.deb") == "http://deb.example/debian/pool/main/j/jq.deb");
  auto flat = deb::parse_repository("deb http://deb.example/flat sub/");
  CHECK(flat.in_release_uri() == "http://deb.example/flat/sub/InRelease");
  CHECK(flat.file_uri("jq.deb") == "http://deb.example/flat/sub/jq.deb");
  CHECK(deb::parse_repository("deb http://deb.example/flat /").file_uri("jq.deb") == "http://deb.example/flat/jq.deb");
}

TEST_CASE("entries that a recipe must not have") {
  struct {
    std::string line;
    std::string error;
  } cases[] = {
      {"", "repository type '' is neither deb nor deb-src"},
      {"rpm http://h/d x main", "repository type 'rpm' is neither deb nor deb-src"},
      {"deb", "a repository has no URI\n  fix: write: deb URI SUITE COMPONENT…"},
      {"deb http://h/d", "repository 'http://h/d' has no suite\n  fix: write: deb URI SUITE COMPONENT…"},
      {"deb http://h/d bookworm",
       "suite 'bookworm' has no component\n  fix: name one, like 'main', or end the suite in '/' for a flat "
       "repository"},
      {"deb http://h/d ./ main", "suite './' ends in '/', so no component may follow"},
      {"deb http://h/d ../x main", "suite '../x' of a repository has '..'"},
      {"deb http://h/d x mai\"n", "component 'mai\"n' of a repository has odd characters"},
      {"deb file:/srv x main", "repository URI 'file:/srv' begins with neither http:// nor https://"},
      {"deb deb.example x main", "repository URI 'deb.example' is no URI\n  fix: it looks like https://host/path"},
      {"deb http:x y main", "repository URI 'http:x' is no URI\n  fix: it looks like https://host/path"},
      {"deb [signed-by=/k http://h/d x main", "the options of a repository have no closing ']'"},
      {"deb [signed-by] http://h/d x main", "repository option 'signed-by' is not of the form name=value"},
      {"deb [signed_by=/k] http://h/d x main",
       "repository option 'signed_by' is not one that apt knows\n  fix: did you mean 'signed-by'?"},
      {"deb [arch=amd64 arch=i386] http://h/d x main", "repository option 'arch' stands twice"},
      {"deb [arch=AMD64] http://h/d x main", "'AMD64' in arch= is no architecture"},
      {"deb [lang=] http://h/d x main",
       "repository option lang has the value '', which is empty or has odd characters"},
      {"deb [trusted=yes] http://h/d x main",
       "repository option trusted=yes would switch the check of signatures off\n"
       "  fix: give the repository's key instead: signed-by=… or a `key` block"},
      {"deb [allow-insecure=1] http://h/d x main",
       "repository option allow-insecure=1 would switch the check of signatures off\n"
       "  fix: give the repository's key instead: signed-by=… or a `key` block"},
      {"deb http://h/d x main" + std::string(9000, ' '), "a repository line is longer than 8 KiB"},
  };
  for (const auto& [line, error] : cases) CHECK(error_text([&, l = line] { deb::parse_repository(l); }) == error);
}

TEST_CASE("a sources.list with comments and local archives; errors name file and line") {
  auto list = deb::parse_sources_list(
      "# comment\n\ndeb http://deb.example/debian bookworm main # tail\n#deb http://off x main\n"
      "deb cdrom:[Debian GNU/Linux 12]/ bookworm main\ndeb file:/srv/repo ./\n",
      "sources.list");
  REQUIRE(list.size() == 3);
  CHECK(list[0].remote());
  CHECK(list[0].components == std::vector<std::string>{"main"});
  CHECK(!list[2].remote());
  CHECK(error_text([] { deb::parse_sources_list("\nnonsense", "sources.list"); }) ==
        "repository type 'nonsense' is neither deb nor deb-src\n  while reading sources.list line 2");
}

TEST_CASE("a deb822 file: one entry for each type, URI and suite") {
  auto list = deb::parse_sources_stanzas(base::read_file(TEST_DATA "/debian.sources", 4096), "debian.sources");
  REQUIRE(list.size() == 3);
  CHECK(deb::to_line(list[0]) ==
        "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.example/debian bookworm main");
  CHECK(list[1].suite == "bookworm-updates");
  CHECK(list[2].uri == "http://deb.example/debian-security");

  auto many = deb::parse_sources_stanzas(
      "Types: deb deb-src\nURIs: http://a/d http://b/d\nSuites: x y\nComponents: main contrib\nArchitectures: amd64 "
      "arm64\n"
      "X-Note: whatever\n\nEnabled: no\nTypes: deb\n",
      "f");
  CHECK(many.size() == 8);
  CHECK(deb::to_line(many[7]) == "deb-src [arch=amd64,arm64] http://b/d y main contrib");
}

TEST_CASE("a key may stand inside of a deb822 file") {
  auto list = deb::parse_sources_stanzas(
      "Types: deb\nURIs: http://a/d\nSuites: ./\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQ==\n"
      " -----END PGP PUBLIC KEY BLOCK-----\n",
      "f");
  REQUIRE(list.size() == 1);
  CHECK(list[0].key == "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n");
  CHECK(list[0].signed_by == "");
  CHECK(error_text([&] { deb::to_line(list[0]); }) ==
        "repository 'http://a/d' has an inline key, which a line cannot hold");
}

TEST_CASE("deb822 files that are refused") {
  struct {
    std::string text;
    std::string error;
  } cases[] = {
      {"Types: deb\nSuites: x\n", "f line 1: the stanza has no URIs field\n  while reading f line 1"},
      {"Types: deb\nURIs: http://a/d\nSuites: x\n",
       "suite 'x' has no component\n  while reading f line 1\n"
       "  fix: name one, like 'main', or end the suite in '/' for a flat repository"},
      {"Types: deb\nURIs: http://a/d\nSuites: x\nComponents: main\nTrusted: yes\n",
       "repository option trusted=yes would switch the check of signatures off\n  while reading f line 1\n"
       "  fix: give the repository's key instead: signed-by=… or a `key` block"},
  };
  for (const auto& [text, error] : cases)
    CHECK(error_text([&, t = text] { deb::parse_sources_stanzas(t, "f"); }) == error);
  std::string suites;
  for (int i = 0; i < 1001; i++) suites += " s" + std::to_string(i);
  CHECK(error_text([&] {
          deb::parse_sources_stanzas("Types: deb\nURIs: http://a/d\nComponents: main\nSuites:" + suites + "\n", "f");
        }) == "more than 1000 repositories\n  while reading f line 1");
}

TEST_CASE("the deb-src twin is added where it is missing") {
  auto lines = [](std::initializer_list<const char*> input) {
    std::vector<deb::Repository> list;
    for (auto line : input) list.push_back(deb::parse_repository(line));
    std::vector<std::string> out;
    for (const auto& repository : deb::with_sources(list)) out.push_back(deb::to_line(repository));
    return out;
  };
  CHECK(lines({"deb [arch=amd64 signed-by=/k] http://a/d x main"}) ==
        std::vector<std::string>{"deb [arch=amd64 signed-by=/k] http://a/d x main",
                                 "deb-src [signed-by=/k] http://a/d x main"});
  CHECK(
      lines({"deb http://a/d x main contrib", "deb-src http://a/d x contrib main", "deb http://a/d x main contrib"}) ==
      std::vector<std::string>{"deb http://a/d x main contrib", "deb-src http://a/d x contrib main"});
  CHECK(lines({"deb-src http://a/d x main"}) == std::vector<std::string>{"deb-src http://a/d x main"});
}

TEST_CASE("a list without the security suite is noticed") {
  struct {
    std::vector<std::string> suites;
    deb::OsRelease os;
    std::string missing;
  } cases[] = {
      {{"bookworm", "bookworm-updates"}, {"debian", "12", "bookworm", ""}, "bookworm-security"},
      {{"bookworm", "bookworm-security"}, {"debian", "12", "bookworm", ""}, ""},
      {{"stable", "stable-updates"}, {"debian", "12", "bookworm", ""}, "stable-security"},
      {{"stable", "bookworm-security"}, {"debian", "12", "bookworm", ""}, ""},
      {{"buster"}, {"debian", "10", "buster", ""}, "buster/updates"},
      {{"noble"}, {"ubuntu", "24.04", "noble", ""}, "noble-security"},
      {{"sid"}, {"debian", "", "trixie", ""}, ""},
      {{"trixie"}, {"debian", "", "trixie", ""}, ""},
      {{"vendor"}, {"debian", "12", "bookworm", ""}, ""},
      {{"v3"}, {"alpine", "3.20", "", ""}, ""},
  };
  for (const auto& [suites, os, missing] : cases) {
    std::vector<deb::Repository> list;
    for (const auto& suite : suites) list.push_back(deb::parse_repository("deb http://a/d " + suite + " main"));
    CHECK(deb::missing_security_suite(list, os) == missing);
  }
}
