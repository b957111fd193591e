#include "core/json/members.h"

#include <doctest/doctest.h>

#include "tests/support/error_text.h"

namespace {
using Members = std::map<std::string, std::string_view>;
}

TEST_CASE("the members of an object are found, their values byte for byte") {
  CHECK(json::members("{}", "x").empty());
  CHECK(json::members(" \n{ \t}\n", "x").empty());
  CHECK(json::members(R"({"a":1})", "x") == Members{{"a", "1"}});
  CHECK(json::members("{ \"a\" :\n [1, {\"a\": \"}\"} ,2] , \"b\": {\"c\": [ ] }\n}", "x") ==
        Members{{"a", "[1, {\"a\": \"}\"} ,2]"}, {"b", "{\"c\": [ ] }"}});
  CHECK(json::members(R"({"a":"\"},","b\u0041\":":"\\","":null})", "x") ==
        Members{{"a", R"("\"},")"}, {"bA\":", R"("\\")"}, {"", "null"}});
}

TEST_CASE("what is no object is refused") {
  for (const char* text : {"", "[]", "1", "{", "{\"a\"}", "{\"a\":1,}", "{\"a\":1}x", "{\"a\":\"\x01\"}"}) {
    CAPTURE(std::string(text));
    CHECK(support::error_text([&] { json::members(text, "the statement"); }) == "the statement is not a JSON object");
  }
  CHECK(support::error_text([] { json::members(R"({"a":1,"\u0061":2})", "the statement"); }) ==
        "the statement has the key 'a' twice");
  std::string deep = "{\"a\":" + std::string(1000000, '[') + std::string(1000000, ']') + "}";
  CHECK(json::members(deep, "x")["a"].size() == 2000000);
}
