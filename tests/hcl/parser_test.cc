#include "core/hcl/parser.h"

#include <doctest/doctest.h>

#include "core/base/error.h"
#include "tests/hcl/support.h"
#include "tests/support/error_text.h"

namespace {

hcl::Document parsed(std::string text) {
  hcl::Diagnostics diagnostics;
  auto out = hcl::parse(hcl::File::make("test.hcl", std::move(text)), diagnostics);
  CHECK_FALSE(diagnostics.has_errors());
  return out;
}

std::string repeated(const char* piece, int count) {
  std::string out;
  for (int i = 0; i < count; i++) out += piece;
  return out;
}

}  // namespace

TEST_CASE("a body holds its attributes and blocks in the order of the source, each with its places") {
  auto document = parsed("a = 1\nb \"x\" y {\n  c = 2\n}\nd = 3\nb {}\n");
  const hcl::Body& body = document.body();
  REQUIRE(body.attributes.size() == 2);
  REQUIRE(body.blocks.size() == 2);
  CHECK(body.attributes[1].name.text == "d");
  CHECK(body.attribute("a") == &body.attributes[0]);
  CHECK(body.attribute("b") == nullptr);
  CHECK(body.attributes[0].range.text() == "a = 1");
  const hcl::Block& block = body.blocks[0];
  CHECK(block.type.text == "b");
  REQUIRE(block.labels.size() == 2);
  CHECK(block.labels[0].text == "x");
  CHECK(block.labels[0].range.text() == "\"x\"");
  CHECK(block.labels[1].range.text() == "y");
  CHECK(block.header().text() == "b \"x\" y");
  CHECK(block.open_brace.text() == "{");
  CHECK(block.range().text() == "b \"x\" y {\n  c = 2\n}");
  CHECK(block.body.attribute("c")->expression->range.text() == "2");
}

TEST_CASE("escapes of labels are resolved, their place is that of the source") {
  auto document = parsed("a \"x\\ty\\u00e9$${z}\" {}\n");
  CHECK(document.body().blocks[0].labels[0].text == "x\ty\u00e9${z}");
  CHECK(document.body().blocks[0].labels[0].range.text() == "\"x\\ty\\u00e9$${z}\"");
}

TEST_CASE("positions count lines and characters from 1, bytes from 0") {
  auto document = parsed("\u00e9 = \"\u65e5\"\r\n\tb = 1");
  CHECK(document.body().attributes[0].expression->range.stop() == hcl::Position{1, 8, 10});
  CHECK(document.body().attributes[1].name.range.start() == hcl::Position{2, 2, 13});
  CHECK(document.file()->line(1) == "\u00e9 = \"\u65e5\"");
  CHECK(document.file()->line(3).empty());
}

TEST_CASE("all errors of a file come out in one go, and what is right is there all the same") {
  std::string text =
      "a = \n"
      "good = 1\n"
      "b = [1, 2\n"
      "block \"x\" {\n"
      "  c = (1\n"
      "  d = \"ok\"\n"
      "  e = 1 2\n"
      "}\n"
      "f = upper(\"x\"\n"
      "also_good = 2\n"
      "g = {\n"
      "  h = 1\n"
      "  i\n"
      "}\n"
      "last = 3\n";
  hcl::Diagnostics diagnostics;
  auto document = hcl::parse(hcl::File::make("test.hcl", text), diagnostics);
  std::vector<std::uint32_t> lines;
  for (const auto& one : diagnostics.list()) lines.push_back(one.subject.start().line);
  CHECK(lines == std::vector<std::uint32_t>{1, 4, 6, 7, 10, 13});
  for (const char* name : {"good", "also_good", "last"}) CHECK(document.body().attribute(name) != nullptr);
  REQUIRE(document.body().blocks.size() == 1);
  CHECK(document.body().blocks[0].body.attribute("d") != nullptr);
}

TEST_CASE("a missing brace is reported once") {
  CHECK(hcl_test::errors("a {\n  b {\n    c = 1\n  }\n") == 1);
  CHECK(hcl_test::errors("a {\n  b {\n    c = \n  }\n") == 1);
  CHECK(hcl_test::errors("}\n}\na = 1\n") == 2);
}

TEST_CASE("nesting is bounded, wherever it happens, and reported once at its place") {
  struct Row {
    const char *open, *close;
  };
  for (Row row : {Row{"[", "]"}, Row{"(", ")"}, Row{"{a=", "}"}, Row{"\"${", "}\""}, Row{"-", ""}, Row{"!", ""},
                  Row{"f(", ")"}, Row{"a[", "]"}, Row{"1+(", ")"}, Row{"[for v in ", ": v]"}, Row{"b ? 1 : ", ""},
                  Row{"a[*].b[*]", ""}, Row{"1 + ", ""}, Row{"a.", ""}}) {
    CAPTURE(row.open);
    bool chained = std::string(row.close).empty();
    std::string good = "x = " + repeated(row.open, 60) + "1" + repeated(row.close, 60) + "\n";
    if (std::string(row.open) != "a." && std::string(row.open) != "a[*].b[*]") CHECK(hcl_test::problems(good).empty());
    std::string deep = repeated(row.open, 100'000);
    for (const std::string& text :
         {"x = " + deep + "1" + repeated(row.close, chained ? 0 : 100'000) + "\n", "x = " + deep}) {
      hcl::Diagnostics diagnostics;
      hcl::parse(hcl::File::make("test.hcl", text), diagnostics);
      CHECK(diagnostics.errors() == 1);
      if (std::string(row.open) == "a." || std::string(row.open) == "a[*].b[*]") continue;
      CHECK(diagnostics.list()[0].summary == "this nests deeper than 250 levels");
    }
  }
  CHECK(hcl_test::problems(repeated("a {\n", 300))
            .starts_with("test.hcl:250:4: error: this nests deeper than 250 levels\n"));
  CHECK(hcl_test::errors("a = <<E\n" + repeated("%{ if true }", 1000) + "\nE\n") == 1);
}

TEST_CASE("a file of more than 16 MiB is refused before it is read") {
  CHECK(support::error_text([] { hcl::File::make("big.hcl", std::string(17 << 20, ' ')); }) ==
        "'big.hcl' has 17.0 MiB, and a configuration file may have 16.0 MiB\n"
        "  fix: put data into files of the build context, not into the configuration");
}

TEST_CASE("a million errors are counted in the time of one") {
  CHECK(hcl_test::errors(repeated("a b c = 1\n", 100'000)) == 100'000);
  CHECK(hcl_test::errors(repeated("$", 1'000'000)) >= 100'000);
  CHECK(hcl_test::errors(std::string(1'000'000, '\0')) == 1);
  CHECK(hcl_test::errors(std::string(1'000'000, '\xFF')) == 1);
  CHECK(hcl_test::errors(repeated("\"", 1'000'001)) >= 1);
}

TEST_CASE("ten thousand arguments of one body are looked through for equal names") {
  std::string text;
  for (int i = 0; i < 10'000; i++) text += "a" + std::to_string(i) + " = 1\n";
  CHECK(hcl_test::errors(text) == 0);
  CHECK(hcl_test::errors(text + "a5 = 2\n") == 1);
}

TEST_CASE("the tree of ten thousand blocks takes a few times the memory of its source") {
  std::string text;
  for (int i = 0; i < 10'000; i++) {
    std::string name = std::to_string(i);
    text += "file \"/usr/local/bin/" + name + "\" {\n  from_tarball \"tools.tgz\" {\n    path = \"bin/" + name +
            "\"\n  }\n}\n";
  }
  auto document = parsed(text);
  CHECK(document.body().blocks.size() == 10'000);
  CHECK(document.bytes() < 8 * text.size());
}
