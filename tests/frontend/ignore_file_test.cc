#include "core/frontend/ignore_file.h"

#include <doctest/doctest.h>

#include "tests/support/error_text.h"

TEST_CASE("an ignore file is read line by line") {
  using Lines = std::vector<std::string>;
  CHECK(frontend::parse_ignore_file("", "f").empty());
  CHECK(frontend::parse_ignore_file("\xEF\xBB\xBF# comment\n\n  a/../b/  \r\n/rooted\n!/kept/\n! spaced\n #no comment\n"
                                    "..\n/\nlast",
                                    "f") == Lines{"b", "rooted", "!kept", "!spaced", "#no comment", "..", "/", "last"});
  CHECK(support::error_text([] { frontend::parse_ignore_file("a\n!\n", "'x/.dockerignore'"); }) ==
        "'x/.dockerignore', line 2 is a lone '!'\n  fix: write the path to keep after it");
  CHECK(support::error_text([] { frontend::parse_ignore_file(std::string("a\0b", 3), "'f'"); }) ==
        "'f', line 1 has a NUL byte");
  std::string many;
  for (int i = 0; i < 10'001; i++) many += "a\n";
  CHECK(support::error_text([&] { frontend::parse_ignore_file(many, "'f'"); }) ==
        "'f', line 10001 is one pattern more than the 10000 that are read");
  CHECK(support::error_text([] { frontend::parse_ignore_file(std::string((1 << 20) + 1, 'a'), "'f'"); }) ==
        "'f' has 1.0 MiB, at most 1 MiB is read");
}
