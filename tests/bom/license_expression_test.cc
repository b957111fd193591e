#include "core/bom/license_expression.h"

#include <doctest/doctest.h>

#include "core/base/error.h"

namespace {

std::string again(const std::string& text) { return bom::to_text(bom::parse_expression(text)); }

bool allowed(const std::string& expression) {
  return bom::satisfied(bom::parse_expression(expression),
                        [](const std::string& id) { return id == "MIT" || id == "ISC"; });
}

}  // namespace

TEST_CASE("expressions read and print: AND binds closer, WITH closest") {
  CHECK(again("MIT") == "MIT");
  CHECK(again("MIT OR ISC AND Zlib") == "(ISC AND Zlib) OR MIT");
  CHECK(again("(MIT OR ISC) AND Zlib") == "(ISC OR MIT) AND Zlib");
  CHECK(again("GPL-2.0-only WITH Classpath-exception-2.0") == "GPL-2.0-only WITH Classpath-exception-2.0");
  CHECK(again("MIT AND (MIT AND (ISC))") == "ISC AND MIT");
}

TEST_CASE("an expression holds when one way through it is allowed") {
  CHECK(allowed("MIT"));
  CHECK(allowed("MIT OR GPL-2.0-only"));
  CHECK(allowed("MIT AND ISC"));
  CHECK(!allowed("MIT AND GPL-2.0-only"));
  CHECK(!allowed("GPL-2.0-only"));
  CHECK(!allowed("GPL-2.0-only WITH Classpath-exception-2.0"));
}

TEST_CASE("what is no expression is refused with the place") {
  for (const auto& [text, message] : std::vector<std::pair<std::string, std::string>>{
           {"", "licence expression '' cannot be read at its end"},
           {"MIT OR", "licence expression 'MIT OR' cannot be read at its end"},
           {"MIT ISC", "licence expression 'MIT ISC' cannot be read at 'ISC'"},
           {"(MIT", "licence expression '(MIT' cannot be read at its end"},
           {"MIT)", "licence expression 'MIT)' cannot be read at ')'"},
           {"AND", "licence expression 'AND' cannot be read at 'AND'"},
           {"MIT/X11", "licence expression 'MIT/X11' has a character that none has"},
       }) {
    CAPTURE(text);
    CHECK_THROWS_WITH_AS(bom::parse_expression(text), message.c_str(), base::Error);
  }
  CHECK_THROWS_AS(bom::parse_expression(std::string(100, '(') + "MIT" + std::string(100, ')')), base::Error);
}

TEST_CASE("the licences of an expression are listed once") {
  CHECK(bom::licenses_of(bom::parse_expression("MIT AND (ISC OR MIT)")) == std::vector<std::string>{"ISC", "MIT"});
}
