#include "core/deb/deb822.h"

#include <doctest/doctest.h>

#include <sstream>

#include "tests/support/error_text.h"

using support::error_text;

namespace {

std::vector<deb::Stanza> read_all(std::string_view text, deb::StanzaLimits limits = {}) {
  std::vector<deb::Stanza> out;
  deb::StanzaReader reader(text, "x", limits);
  for (deb::Stanza stanza; reader.next(stanza);) out.push_back(stanza);
  return out;
}

}  // namespace

TEST_CASE("stanzas are separated by blank lines, fields found in any case") {
  auto stanzas = read_all("\n\nPackage: jq\nMD5sum: 1\n\n \t\nPACKAGE:libjq1 \r\nSize : 3\n");
  REQUIRE(stanzas.size() == 2);
  CHECK(stanzas[0].get("package") == "jq");
  CHECK(stanzas[0].get("MD5Sum") == "1");
  CHECK(stanzas[0].line() == 3);
  CHECK(stanzas[1].get("Package") == "libjq1");
  CHECK(stanzas[1].get("Size") == "3");
  CHECK(stanzas[1].line() == 7);
  CHECK(stanzas[1].find("Version") == nullptr);
}

TEST_CASE("continuation lines keep their own indentation beyond the first blank") {
  auto stanzas = read_all("Description: short\n long\n  deep\n .\n\tend\nFiles:\n a\n b");
  REQUIRE(stanzas.size() == 1);
  CHECK(stanzas[0].get("Description") == "short\nlong\n deep\n.\nend");
  CHECK(stanzas[0].get("Files") == "\na\nb");
  CHECK(deb::value_lines(stanzas[0].get("Files")) == std::vector<std::string_view>{"a", "b"});
}

TEST_CASE("comments are passed over, inside of a stanza too") {
  auto stanzas = read_all("# top\nTypes: deb\n# inside\nURIs: x\n#end");
  REQUIRE(stanzas.size() == 1);
  CHECK(stanzas[0].fields().size() == 2);
}

TEST_CASE("nothing but white space and comments has no stanza") {
  for (auto text : {"", "\n", "\n\n  \n", "# only\n", "\r\n"}) CHECK(read_all(text).empty());
}

TEST_CASE("words are separated by any white space") {
  CHECK(deb::words(" a  b\n c\t") == std::vector<std::string_view>{"a", "b", "c"});
  CHECK(deb::words(" \n").empty());
}

TEST_CASE("broken stanzas are refused with their line") {
  struct {
    std::string text;
    std::string error;
  } cases[] = {
      {"Package: a\nnonsense\n", "x line 2: 'nonsense' is not of the form 'Name: value'"},
      {" early\n", "x line 1: a continuation line without a field before it"},
      {"A: 1\n\n late\n", "x line 3: a continuation line without a field before it"},
      {": value\n", "x line 1: '' is no field name"},
      {"-A: value\n", "x line 1: '-A' is no field name"},
      {"Two words: value\n", "x line 1: 'Two words' is no field name"},
      {"A: 1\nB: 2\na: 3\n", "x line 3: the field 'a' stands twice"},
      {std::string("A: 1\nB: \0\n", 9), "x line 2: has a NUL byte"},
      {"\x1b[31m\n", "x line 1: '\\x1b[31m' is not of the form 'Name: value'"},
  };
  for (const auto& [text, error] : cases) CHECK(error_text([&] { read_all(text); }) == error);
}

TEST_CASE("what a stanza may hold is bounded") {
  deb::StanzaLimits limits{.max_stanza_bytes = 100, .max_fields = 3};
  CHECK(error_text([&] { read_all("A: 1\nB: 2\nC: 3\nD: 4\n", limits); }) ==
        "x line 4: the stanza has more than 3 fields");
  CHECK(error_text([&] { read_all("A: " + std::string(200, 'a'), limits); }) == "x line 1: longer than 100 B");
  std::string many = "A:\n";
  for (int i = 0; i < 20; i++) many += " 12345678\n";
  CHECK(error_text([&] { read_all(many, limits); }) == "x line 11: the stanza is larger than 100 B");
}

TEST_CASE("a stream of any size is read like text, in bounded memory") {
  std::string stanza = "Package: p\nDescription: " + std::string(300, 'd') + "\n more\n\n";
  std::string text;
  for (int i = 0; i < 1000; i++) text += stanza;
  std::istringstream in(text);
  deb::StanzaReader reader(in, "x");
  int count = 0;
  for (deb::Stanza one; reader.next(one); count++) {
    CHECK(one.get("Package") == "p");
    CHECK(one.line() == static_cast<std::size_t>(count) * 4 + 1);
  }
  CHECK(count == 1000);

  std::istringstream endless(std::string(1 << 20, 'x'));
  deb::StanzaReader bounded(endless, "x", {.max_stanza_bytes = 1000});
  deb::Stanza one;
  CHECK(error_text([&] { bounded.next(one); }) == "x line 1: longer than 1000 B");
}

TEST_CASE("a required field that is missing or empty is named with the stanza's line") {
  auto stanzas = read_all("\nA: 1\nB:\n");
  CHECK(stanzas[0].required("A", "index") == "1");
  CHECK(error_text([&] { stanzas[0].required("B", "index"); }) == "index line 2: the stanza has no B field");
  CHECK(error_text([&] { stanzas[0].required("C", "index"); }) == "index line 2: the stanza has no C field");
}
