#include "core/hcl/diagnostics.h"

#include <doctest/doctest.h>

#include "core/base/error.h"
#include "tests/support/error_text.h"

namespace {

std::shared_ptr<const hcl::File> file(std::string text) { return hcl::File::make("a.hcl", std::move(text)); }

hcl::Range find(const hcl::File& in, std::string_view part) {
  auto at = static_cast<std::uint32_t>(in.text().find(part));
  return {&in, at, at + static_cast<std::uint32_t>(part.size())};
}

}  // namespace

TEST_CASE("an error is drawn with its line, its span and what to do") {
  auto in = file("image \"x\" {\n  entrypont = [\"/bin/sh\"]\n}\n");
  hcl::Diagnostics diagnostics;
  diagnostics.error(find(*in, "entrypont"), "unknown argument 'entrypont'",
                    hcl::suggestion("entrypont", {"cmd", "entrypoint"}));
  CHECK(hcl::render(diagnostics) ==
        "a.hcl:2:3: error: unknown argument 'entrypont'\n"
        "  2 |   entrypont = [\"/bin/sh\"]\n"
        "    |   ^^^^^^^^^ did you mean 'entrypoint'?\n");
}

TEST_CASE("tabs, wide characters and marks keep the carets under the span") {
  auto in = file("\ta = \"\u65e5\u672c\" e\u0301 + x\n");
  CHECK(hcl::excerpt(find(*in, "x")) ==
        "  1 |     a = \"\u65e5\u672c\" e\u0301 + x\n"
        "    |                    ^\n");
  CHECK(hcl::excerpt(find(*in, "\u65e5\u672c")) ==
        "  1 |     a = \"\u65e5\u672c\" e\u0301 + x\n"
        "    |          ^^^^\n");
  CHECK(find(*in, "x").start().column == 15);
}

TEST_CASE("what could drive or mislead a terminal is shown escaped") {
  auto in = file("a = \"\x1b[31m\u202e\x01\" b\n");
  CHECK(hcl::excerpt(find(*in, "b")) ==
        "  1 | a = \"\\x1b[31m\\xe2\\x80\\xae\\x01\" b\n"
        "    |                                ^\n");
}

TEST_CASE("a span of several lines shows its first and its last") {
  auto in = file("a = [\n  1,\n  2,\n]\nb = 1\n");
  CHECK(hcl::excerpt(find(*in, "[\n  1,\n  2,\n]"), "label") ==
        "  1 | a = [\n"
        "    |     ^\n"
        "    \u22ee\n"
        "  4 | ]\n"
        "    | ^ label\n");
  CHECK(hcl::excerpt(find(*in, "2,\n]")) ==
        "  3 |   2,\n"
        "    |   ^^\n"
        "  4 | ]\n"
        "    | ^\n");
  CHECK(hcl::excerpt(find(*in, "\nb")) ==
        "  4 | ]\n"
        "    |  ^\n"
        "  5 | b = 1\n"
        "    | ^\n");
}

TEST_CASE("a very long line is cut around the span") {
  auto in = file("a = \"" + std::string(300, 'x') + "!" + std::string(300, 'y') + "\"\n");
  CHECK(hcl::excerpt(find(*in, "!")) == "  1 | \u2026" + std::string(40, 'x') + "!" + std::string(79, 'y') +
                                            "\u2026\n" + "    | " + std::string(41, ' ') + "^\n");
}

TEST_CASE("the end of a file without a line break can be shown") {
  auto in = file("a =");
  CHECK(hcl::excerpt({in.get(), 3, 3}) == "  1 | a =\n    |    ^\n");
  auto empty = file("");
  CHECK(hcl::excerpt({empty.get(), 0, 0}) == "  1 |\n    | ^\n");
}

TEST_CASE("a clash shows both places") {
  auto in = file("a = 1\na = 2\n");
  hcl::Diagnostic clash{hcl::Severity::error,
                        "'a' is given twice",
                        "",
                        {in.get(), 6, 7},
                        hcl::Related{{in.get(), 0, 1}, "first set here"}};
  CHECK(hcl::render(clash) ==
        "a.hcl:2:1: error: 'a' is given twice\n"
        "  2 | a = 2\n"
        "    | ^\n"
        "a.hcl:1:1: first set here\n"
        "  1 | a = 1\n"
        "    | ^\n");
}

TEST_CASE("colour is used when asked for") {
  auto in = file("a = 1\n");
  hcl::Diagnostic error{hcl::Severity::error, "wrong", "", {in.get(), 0, 1}, {}};
  std::string drawn = hcl::render(error, hcl::Colour::always);
  CHECK(drawn.find("\x1b[1;31merror: \x1b[0m") != std::string::npos);
  CHECK(drawn.find("\x1b[1;31m ^\x1b[0m\n") != std::string::npos);
  CHECK(hcl::render(error).find('\x1b') == std::string::npos);
}

TEST_CASE("an error without a place is drawn too") {
  hcl::Diagnostic error{hcl::Severity::error, "there is no image block", "add image \"name\" { }", {}, {}};
  CHECK(hcl::render(error) == "error: there is no image block\n  add image \"name\" { }\n");
}

TEST_CASE("one error becomes a message, an excerpt and a fix") {
  auto in = file("a = 1\n");
  hcl::Diagnostics diagnostics;
  diagnostics.throw_if_errors();
  diagnostics.warning({in.get(), 0, 1}, "odd");
  diagnostics.throw_if_errors();
  diagnostics.error({in.get(), 4, 5}, "wrong", "make it right");
  CHECK(support::error_text([&] { diagnostics.throw_if_errors(); }) ==
        "wrong\n"
        "a.hcl:1:5\n"
        "  1 | a = 1\n"
        "    |     ^\n"
        "  fix: make it right");
}

TEST_CASE("several errors become one with every excerpt") {
  auto in = file("a = 1\nb = 2\n");
  hcl::Diagnostics diagnostics;
  diagnostics.error({in.get(), 0, 1}, "first", "do this");
  diagnostics.error({in.get(), 6, 7}, "second");
  CHECK(support::error_text([&] { diagnostics.throw_if_errors(); }) ==
        "first (and 1 more error)\n"
        "a.hcl:1:1: error: first\n"
        "  1 | a = 1\n"
        "    | ^ do this\n"
        "\n"
        "a.hcl:2:1: error: second\n"
        "  2 | b = 2\n"
        "    | ^");
}

TEST_CASE("no more than a hundred are kept, all are counted") {
  auto in = file("a = 1\n");
  hcl::Diagnostics diagnostics;
  for (int i = 0; i < 1000; i++) diagnostics.error({in.get(), 0, 1}, "wrong");
  CHECK(diagnostics.list().size() == 100);
  CHECK(diagnostics.errors() == 1000);
  CHECK(hcl::render(diagnostics).ends_with("and 900 more\n"));
}

TEST_CASE("editors get the same as JSON") {
  auto in = file("a = \"\u00e9\"\na = 2\n");
  hcl::Diagnostics diagnostics;
  CHECK(hcl::to_json(diagnostics) == R"({"valid":true,"error_count":0,"warning_count":0,"diagnostics":[]})");
  diagnostics.error({in.get(), 9, 10}, "twice \"a\"", "", hcl::Related{{in.get(), 0, 1}, "first"});
  diagnostics.warning({}, "odd", "why");
  CHECK(hcl::to_json(diagnostics) ==
        R"({"valid":false,"error_count":1,"warning_count":1,"diagnostics":[)"
        R"({"severity":"error","summary":"twice \"a\"","detail":"","range":{"filename":"a.hcl",)"
        R"("start":{"line":2,"column":1,"byte":9},"end":{"line":2,"column":2,"byte":10}},)"
        R"("related":{"label":"first","range":{"filename":"a.hcl","start":{"line":1,"column":1,"byte":0},)"
        R"("end":{"line":1,"column":2,"byte":1}}}},)"
        R"({"severity":"warning","summary":"odd","detail":"why"}]})");
}

TEST_CASE("short words get no suggestions, because everything is near to them") {
  CHECK(hcl::suggestion("a", {"b"}).empty());
  CHECK(hcl::suggestion("comand", {"command"}) == "did you mean 'command'?");
  CHECK(hcl::suggestion("zebra", {"command"}).empty());
}

TEST_CASE("among thousands of names none is suggested, because looking for it would take seconds") {
  std::vector<std::string> names;
  for (int i = 0; i < 1000; i++) names.push_back("command" + std::to_string(i));
  CHECK(hcl::suggestion("comand7", names) == "did you mean 'command7'?");
  names.push_back("one more");
  CHECK(hcl::suggestion("comand7", names).empty());
}
