#include "core/deb/sources_index.h"

#include <doctest/doctest.h>

#include <sstream>

#include "core/base/fd.h"
#include "tests/support/error_text.h"

using support::error_text;

namespace {

std::string showsrc() { return base::read_file(TEST_DATA "/apt-cache-showsrc.txt", 1 << 20); }

const std::string good =
    "Package: p\nVersion: 1-1\nDirectory: pool/p\nFiles:\n 00000000000000000000000000000001 10 p_1.orig.tar.gz\n"
    " 00000000000000000000000000000002 20 p_1-1.dsc\n";

}  // namespace

TEST_CASE("what apt-cache showsrc prints: every version, the .dsc first, SHA256 where there is one") {
  auto sources = deb::parse_sources(showsrc());
  REQUIRE(sources.size() == 5);
  CHECK(sources[0].source == deb::SourceName{"jq", "1.6-2.1+deb12u2"});
  CHECK(sources[1].source == deb::SourceName{"jq", "1.6-2.1+deb12u3"});
  CHECK(sources[1].directory == "pool/updates/main/j/jq");
  REQUIRE(sources[1].files.size() == 3);
  CHECK(sources[1].files[0] ==
        deb::SourceFile{"jq_1.6-2.1+deb12u3.dsc",
                        1973,
                        {"sha256", "28492fec6ddf9e46841e2286674091a1231a248d8893a9c0204591e00e8e725a"}});
  for (const auto& source : sources)
    for (const auto& file : source.files) CHECK(file.hash.algorithm == "sha256");
}

TEST_CASE("the wanted versions are found in an index of any size") {
  std::istringstream index(showsrc());
  auto found =
      deb::find_sources(index, {{"jq", "1.6-2.1+deb12u3"}, {"jq", "9"}, {"rtmpdump", "2.4+20151223.gitfa8646d.1-2"}});
  CHECK(found.size() == 2);
  CHECK(found.at({"jq", "1.6-2.1+deb12u3"}).files.size() == 3);
}

TEST_CASE("URIs are those that apt prints") {
  auto source = deb::parse_sources(showsrc())[1];
  auto security = deb::parse_repository("deb-src http://deb.example/debian-security bookworm-security main");
  CHECK(deb::source_file_uri(security, source, source.files[0]) ==
        "http://deb.example/debian-security/pool/updates/main/j/jq/jq_1.6-2.1%2bdeb12u3.dsc");
  CHECK(deb::encode_archive_path("a/b~c+d e%") == "a/b%7ec%2bd%20e%25");
}

TEST_CASE("an old stanza has MD5 only; a flat repository an empty directory") {
  auto source = deb::parse_sources(good)[0];
  CHECK(source.files[0].name == "p_1-1.dsc");
  CHECK(source.files[0].hash.text() == "md5:00000000000000000000000000000002");
  CHECK(!source.extra_source_only);
  auto flat = deb::parse_sources(
      "Package: p\nVersion: 1\nExtra-Source-Only: yes\nDirectory:\nFiles:\n "
      "00000000000000000000000000000002 20 p_1.dsc\n")[0];
  CHECK(flat.extra_source_only);
  CHECK(deb::source_file_uri(deb::parse_repository("deb-src http://deb.example/flat ./"), flat, flat.files[0]) ==
        "http://deb.example/flat/./p_1.dsc");
}

TEST_CASE("stanzas that lead astray are refused") {
  auto broken = [](std::string from, std::string to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return error_text([&] { deb::parse_sources(text); });
  };
  const std::string where = "\n  while reading the stanza of source 'p' at line 1";
  CHECK(broken("Package: p\n", "") == "source package line 1: the stanza has no Source field");
  CHECK(broken("Directory: pool/p\n", "") == "no Directory field" + where);
  CHECK(broken("pool/p", "../../x") == "'../../x' is no path inside an archive" + where);
  CHECK(broken("p_1-1.dsc", "../p.dsc") == "'../p.dsc' is no file name" + where);
  CHECK(broken("p_1-1.dsc", "p.tar") == "no .dsc among the files" + where);
  CHECK(broken(" 20 ", " -20 ") == "'00000000000000000000000000000002 -20 p_1-1.dsc' is not HASH SIZE NAME" + where);
  CHECK(broken(" 20 ", " ") == "'00000000000000000000000000000002 p_1-1.dsc' is not HASH SIZE NAME" + where);
  CHECK(broken("00000000000000000000000000000002", "02") ==
        "hash 'md5:02' does not have the 32 hex digits of md5" + where);
}
