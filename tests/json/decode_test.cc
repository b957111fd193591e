#include "core/json/decode.h"

#include <doctest/doctest.h>

namespace {
std::string error_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const base::Error& error) {
    return error.text();
  }
  return "no error";
}
}  // namespace

TEST_CASE("values are read by type, absent and null alike") {
  auto value = json::parse(R"({"tag": 1.5, "insecure": true, "n": 3, "list": ["a"], "map": {"k": 1}, "none": null})", "request");
  json::Object object(value, "");
  CHECK(object.scalar("tag") == "1.5");
  CHECK(object.boolean("insecure") == true);
  CHECK(object.integer("n") == 3);
  CHECK(object.strings("list") == std::vector<std::string>{"a"});
  CHECK(object.string_map("map").at("k") == "1");
  CHECK(!object.string("none"));
  CHECK(!object.string("absent"));
  object.finish();
}

TEST_CASE("each error names the whole path") {
  auto value = json::parse(R"({"source": {"buildkit": {"address": 3}, "tags": ["a", 2]}})", "request");
  json::Object source = *json::Object(value, "").object("source");
  CHECK(error_of([&] { source.object("buildkit")->string("address"); }) ==
        "source.buildkit.address is a number, a string is wanted");
  CHECK(error_of([&] { source.strings("tags"); }) == "source.tags[1] is a number, a string is wanted");
  CHECK(error_of([&] { source.required_string("repository"); }) == "source.repository is missing");
}

TEST_CASE("an unknown field is refused, with the nearest known one") {
  auto value = json::parse(R"({"repositry": "x"})", "request");
  json::Object source(value, "source");
  source.string("repository");
  source.string("tag");
  CHECK(error_of([&] { source.finish(); }) ==
        "unknown field 'repositry' in source\n  fix: did you mean 'repository'?");
}

TEST_CASE("text that is not one JSON value is refused with its place") {
  CHECK(error_of([] { json::parse("", "request"); }) == "request is empty, not JSON");
  CHECK(error_of([] { json::parse("{\n  \"a\": }", "request"); }) ==
        "request is not JSON: error at line:column 2:8");
  CHECK(error_of([] { json::parse("{\"a\":1}{", "request"); }).starts_with("request is not JSON"));
  CHECK(error_of([] { json::parse("{\"a\":1,\"a\":2}", "request"); }) == "request has the key 'a' twice");
  CHECK(error_of([] { json::parse("[1e999]", "request"); }) == "request has a number that is too large");
  CHECK(error_of([] { json::parse(std::string(100000, '['), "request"); }) ==
        "request is nested deeper than 64 levels");
}

TEST_CASE("what is written keeps its order and survives invalid UTF-8") {
  json::Ordered value;
  value["z"] = 1;
  value["a"] = "\xff";
  CHECK(json::write(value) == "{\"z\":1,\"a\":\"\xef\xbf\xbd\"}");
}
