#include "core/deb/packages_index.h"

#include <doctest/doctest.h>

#include "core/base/fd.h"
#include "tests/support/error_text.h"

using support::error_text;

TEST_CASE("what apt-cache show prints") {
  auto packages = deb::parse_packages(base::read_file(TEST_DATA "/apt-cache-show.txt", 1 << 20));
  REQUIRE(packages.size() == 4);
  const auto& jq = packages[0];
  CHECK(jq.name == "jq");
  CHECK(jq.version == "1.6-2.1+deb12u3");
  CHECK(jq.architecture == "amd64");
  CHECK(jq.source_field == "");
  CHECK(jq.source == deb::SourceName{"jq", "1.6-2.1+deb12u3"});
  CHECK(jq.filename == "pool/updates/main/j/jq/jq_1.6-2.1+deb12u3_amd64.deb");
  CHECK(jq.hash.algorithm == "sha256");
  CHECK(jq.size > 0);
  CHECK(jq.depends[0] == std::vector<deb::Dependency>{{"libjq1", "", "=", "1.6-2.1+deb12u3"}});
  CHECK(packages[1].source == deb::SourceName{"libonig", "6.9.8-1"});
}

TEST_CASE("the source of a binary: absent, name, name and version, binNMU") {
  struct {
    std::string field;
    deb::SourceName source;
  } cases[] = {
      {"", {"telnet", "0.17+2.4-2+b1"}},
      {"Source: inetutils\n", {"inetutils", "0.17+2.4-2+b1"}},
      {"Source: inetutils (2:2.4-2)\n", {"inetutils", "2:2.4-2"}},
      {"Source: inetutils (2:2.4-2) \n", {"inetutils", "2:2.4-2"}},
      {"Source:\n", {"telnet", "0.17+2.4-2+b1"}},
  };
  for (const auto& [field, source] : cases) {
    auto packages = deb::parse_packages("Package: telnet\nVersion: 0.17+2.4-2+b1\nArchitecture: amd64\n" + field);
    CHECK(packages.at(0).source == source);
  }
}

TEST_CASE("the best hash wins; one of dpkg's stanzas has none") {
  std::string head = "Package: p\nVersion: 1\nArchitecture: all\n";
  std::string md5 = "MD5sum: 41f3ea2b9f5b419550f165975b941f81\n";
  std::string sha256 = "SHA256: " + std::string(64, 'a') + "\n";
  CHECK(deb::parse_packages(head + md5 + sha256)[0].hash.algorithm == "sha256");
  CHECK(deb::parse_packages(head + md5)[0].hash.algorithm == "md5");
  CHECK(deb::parse_packages(head)[0].hash.algorithm == "");
}

TEST_CASE("Built-Using and Static-Built-Using are one list") {
  auto packages = deb::parse_packages(
      "Package: p\nVersion: 1\nArchitecture: all\nBuilt-Using: b (= 2)\nStatic-Built-Using: a (= 1), b (= 2)\n");
  CHECK(packages[0].built_using == std::vector<deb::SourceName>{{"a", "1"}, {"b", "2"}});
}

TEST_CASE("stanzas that lie or lack are refused, naming package and line") {
  std::string head = "\nPackage: p\nVersion: 1\nArchitecture: all\n";
  struct {
    std::string text;
    std::string error;
  } cases[] = {
      {"Package: p\nVersion: 1\n", "binary package line 1: the stanza has no Architecture field"},
      {head + "Size: many\n", "Size 'many' is no number\n  while reading the stanza of 'p' at line 2"},
      {head + "SHA256: 00\n",
       "hash 'SHA256:00' does not have the 64 hex digits of sha256\n  while reading the stanza of 'p' at line 2"},
      {head + "Filename: ../../etc/passwd\n",
       "'../../etc/passwd' is no path inside an archive\n  while reading the stanza of 'p' at line 2"},
      {head + "Filename: /etc/passwd\n",
       "'/etc/passwd' is no path inside an archive\n  while reading the stanza of 'p' at line 2"},
      {head + "Depends: a (== 1)\n",
       "dependency 'a (== 1)' cannot be read\n  while reading the stanza of 'p' at line 2"},
  };
  for (const auto& [text, error] : cases) CHECK(error_text([&, t = text] { deb::parse_packages(t); }) == error);
}
