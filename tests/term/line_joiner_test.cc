#include "core/term/line_joiner.h"

#include <doctest/doctest.h>

#include <vector>

namespace {

std::vector<std::string> lines_of(const std::vector<std::string>& pieces) {
  std::vector<std::string> out;
  term::LineJoiner joiner;
  auto sink = [&](std::string_view line) { out.emplace_back(line); };
  for (const std::string& piece : pieces) joiner.feed(piece, sink);
  joiner.flush(sink);
  return out;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("pieces become lines, wherever they were cut") {
  CHECK(lines_of({"a\nb\n"}) == Lines{"a", "b"});
  CHECK(lines_of({"a", "b", "c\nd", "\n"}) == Lines{"abc", "d"});
  CHECK(lines_of({"gr\xc3", "\xbcn\n"}) == Lines{"grün"});
  CHECK(lines_of({"no line break"}) == Lines{"no line break"});
  CHECK(lines_of({"\n\n"}) == Lines{"", ""});
  CHECK(lines_of({}) == Lines{});
}

TEST_CASE("of what was written over only the last state is a line") {
  CHECK(lines_of({"10%\r50%\r100%\n"}) == Lines{"100%"});
  CHECK(lines_of({"10%\r", "50%\r", "100%\r\n"}) == Lines{"100%"});
  CHECK(lines_of({"windows\r\nlines\r\n"}) == Lines{"windows", "lines"});
  CHECK(lines_of({"cut\r", "\nthere\n"}) == Lines{"cut", "there"});
  CHECK(lines_of({"\r\r\n"}) == Lines{""});
  CHECK(lines_of({"10%\r50%"}) == Lines{"50%"});
}

TEST_CASE("a line that is too long is cut between characters") {
  const std::size_t max = term::LineJoiner::max_line_bytes;
  Lines lines = lines_of({std::string(max - 1, 'x'), "ü", "tail\n"});
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == std::string(max - 1, 'x'));
  CHECK(lines[1] == "ütail");
  CHECK(lines_of({std::string(3 * max, 'x')}).size() == 3);
}

TEST_CASE("a progress bar without end takes no memory and writes no line until then") {
  Lines pieces(20000, "\r[=====>    ] 50%");
  pieces.push_back("\r[==========] 100%\n");
  CHECK(lines_of(pieces) == Lines{"[==========] 100%"});
}
