#include "core/term/step_text.h"

#include <doctest/doctest.h>

#include "core/base/redactor.h"

using term::Colours;

TEST_CASE("a step's line keeps its colours and loses what moves the cursor") {
  struct Row {
    std::string in, out;
  };
  const Row rows[] = {
      {"plain ü €", "plain ü €"},
      {"a\tb", "a\tb"},
      {"\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m\x1b[0m"},
      {"\x1b[1;38;5;196mred", "\x1b[1;38;5;196mred\x1b[0m"},
      {"\x1b[38:2::1:2:3mred", "\x1b[38:2::1:2:3mred\x1b[0m"},
      {"\x1b[mx", "\x1b[mx\x1b[0m"},
      {"up\x1b[2A\x1b[2K\x1b[1;1Hdown", "updown"},
      {"\x1b[?25lhidden cursor", "hidden cursor"},
      {"\x1b[>4;2mxterm keys", "xterm keys"},
      {"\x1b[ 31mwith intermediate", "\\x1b[ 31mwith intermediate"},
      {"\x1b]0;title\atext", "text"},
      {"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"},
      {"\x1bP1$r0m\x1b\\text", "text"},
      {"\x1b(Bcharset", "charset"},
      {"\x1b"
       "7saved\x1b"
       "8",
       "saved"},
      {"bell\a backspace\b nul" + std::string(1, '\0'), "bell\\x07 backspace\\x08 nul\\x00"},
      {"c1 \xc2\x9b"
       "31m",
       "c1 \\xc2\\x9b31m"},
      {"broken \xc3( \xff", "broken \\xc3( \\xff"},
      {"unfinished \x1b[31", "unfinished \\x1b[31"},
      {"unfinished \x1b]0;title", "unfinished \\x1b]0;title"},
      {"at the end \x1b", "at the end \\x1b"},
      {"twice \x1b\x1b[31mred", "twice \\x1b\x1b[31mred\x1b[0m"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.in);
    CHECK(term::safe_line(row.in, Colours::keep) == row.out);
  }
  CHECK(term::safe_line("\x1b[31mred\x1b[0m", Colours::drop) == "red");
}

TEST_CASE("secrets are taken out before anything is rewritten") {
  base::redactor().add("s3cret\x07word");
  CHECK(term::safe_line("password s3cret\x07word!", Colours::keep).find("s3cret") == std::string::npos);
}

TEST_CASE("names and messages fit on one line") {
  CHECK(term::one_line("exec /bin/sh -c set -e\n  apt-get update\r\n\n  make\n", 100) ==
        "exec /bin/sh -c set -e apt-get update make");
  CHECK(term::one_line("\x1b[31mred\x1b[0m\x07", 100) == "red\\x07");
  CHECK(term::one_line("abcdef", 6) == "abcdef");
  CHECK(term::one_line("abcdefg", 6) == "abcdef…");
  CHECK(term::one_line("abcdeüg", 6) == "abcde…");
  CHECK(term::one_line(std::string(1 << 20, 'x'), 3) == "xxx…");
  CHECK(term::one_line("", 3) == "");
}

TEST_CASE("a cut does not split a character") {
  CHECK(term::utf8_cut("aü", 3) == 3);
  CHECK(term::utf8_cut("aü", 2) == 1);
  CHECK(term::utf8_cut("€€", 4) == 3);
  CHECK(term::utf8_cut("\x80\x80\x80\x80\x80\x80", 5) == 2);  // no UTF-8: some cut, but near
  CHECK(term::utf8_cut("", 5) == 0);
}
