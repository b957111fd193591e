#include "core/hcl/unicode.h"

#include <doctest/doctest.h>

TEST_CASE("UTF-8 is decoded strictly") {
  struct Row {
    const char* text;
    char32_t value;
    std::size_t length;
  };
  for (Row row : {Row{"a", 'a', 1}, Row{"\u00e9", 0xE9, 2}, Row{"\u20ac", 0x20AC, 3}, Row{"\U0001F980", 0x1F980, 4},
                  Row{"", 0, 0}, Row{"\x80", 0, 0}, Row{"\xC3", 0, 0}, Row{"\xC1\x81", 0, 0}, Row{"\xE0\x80\x80", 0, 0},
                  Row{"\xED\xA0\x80", 0, 0}, Row{"\xF4\x90\x80\x80", 0, 0}, Row{"\xFF", 0, 0}}) {
    CAPTURE(row.text);
    CHECK(hcl::decode(row.text).value == row.value);
    CHECK(hcl::decode(row.text).length == row.length);
    std::string again;
    if (row.length > 0) hcl::append_utf8(again, row.value);
    if (row.length > 0) CHECK(again == row.text);
  }
}

TEST_CASE("identifier characters follow ID_Start and ID_Continue") {
  for (char32_t c : U"azAZ\u00e9\u00aa\u540d\u0391\u2118\U00020000")
    if (c) CHECK(hcl::is_id_start(c));
  for (char32_t c : U"0_-\u00b7\u0301\u20ac\u2e2f\U0001F600\u3000") CHECK_FALSE(hcl::is_id_start(c));
  for (char32_t c : U"a0_\u00b7\u0301\u0660\u203f")
    if (c) CHECK(hcl::is_id_continue(c));
  for (char32_t c : U"-.\u00b2\u20ac\u200d") CHECK_FALSE(hcl::is_id_continue(c));
}

TEST_CASE("characters are counted as a person counts them") {
  CHECK(hcl::character_count("") == 0);
  CHECK(hcl::character_count("abc") == 3);
  CHECK(hcl::character_count("e\u0301a") == 2);
  CHECK(hcl::character_count("\u65e5\u672c") == 2);
  CHECK(hcl::character_count("\U0001F469\u200d\U0001F469\u200d\U0001F467") == 1);
  CHECK(hcl::character_count("\U0001F44D\U0001F3FD") == 1);
  CHECK(hcl::character_count("\U0001F1E7\U0001F1F7\U0001F1E9\U0001F1EA") == 2);
  CHECK(hcl::character_count("\u1112\u1161\u11ab") == 1);
  CHECK(hcl::character_count("a\r\nb") == 3);
  CHECK(hcl::character_count("\xFF\xFE") == 2);
}

TEST_CASE("wide characters fill two cells, marks none") {
  CHECK(hcl::cell_width('a') == 1);
  CHECK(hcl::cell_width(0xE9) == 1);
  CHECK(hcl::cell_width(0x65E5) == 2);
  CHECK(hcl::cell_width(0x1F980) == 2);
  CHECK(hcl::cell_width(0xFF21) == 2);
  CHECK(hcl::cell_width(0x301) == 0);
  CHECK(hcl::cell_width(0x200B) == 0);
}

TEST_CASE("normal form C composes, reorders marks and leaves excluded characters apart") {
  CHECK(hcl::nfc("abc") == "abc");
  CHECK(hcl::nfc("a\u0301") == "\u00e1");
  CHECK(hcl::nfc("an\u0303os") == "a\u00f1os");
  CHECK(hcl::nfc("q\u0307\u0323") == "q\u0323\u0307");
  CHECK(hcl::nfc("a\u0323\u0302") == "\u1ead");
  CHECK(hcl::nfc("\u212b") == "\u00c5");
  CHECK(hcl::nfc("\u1112\u1161\u11ab") == "\ud55c");
  CHECK(hcl::nfc("\u0958") == "\u0915\u093c");
  CHECK(hcl::nfc("\xFFx\u0301") == "\xFFx\u0301");
}

TEST_CASE("letters change case one by one") {
  CHECK(hcl::upper(U'\u00e9') == U'\u00c9');
  CHECK(hcl::lower(U'\u0391') == U'\u03b1');
  CHECK(hcl::upper(U'\u00df') == U'\u00df');
  CHECK(hcl::lower(U'\u0130') == U'i');
  CHECK(hcl::upper(U'5') == U'5');
}
