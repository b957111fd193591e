#include <doctest/doctest.h>

#include <chrono>

#include "core/recipe/recipe.h"
#include "core/recipe/source_index.h"

using recipe::matches;

TEST_CASE("patterns match the whole path, and neither '*' nor '?' crosses a '/'") {
  struct Row {
    std::string pattern;
    std::string path;
    bool expected;
  };
  const Row rows[] = {
      {"check", "check", true},
      {"check", "checks", false},
      {"check", "a/check", false},
      {"*", "check", true},
      {"*", "", true},
      {"*", "a/check", false},
      {"*/*", "a/check", true},
      {"/assets/*", "/assets/check", true},
      {"/assets/*", "/assets/a/check", false},
      {"/assets/*", "/assets/", true},
      {"a*", "abc", true},
      {"*c", "abc", true},
      {"a*b*c*d", "a1b2c3d", true},
      {"a*b*c*d", "a1b2c3", false},
      {"*ab", "aab", true},
      {"a*/b", "abc/b", true},
      {"a*/b", "a/c/b", false},
      {"**", "abc", true},
      {"a**c", "abc", true},
      {"?", "a", true},
      {"?", "/", false},
      {"?", "", false},
      {"?", "ä", true},
      {"??", "ä", false},
      {"a?c", "abc", true},
      {"[a-c]", "b", true},
      {"[a-c]", "d", false},
      {"[^a-c]", "d", true},
      {"[^a-c]", "b", false},
      {"[abx-z]*", "yes", true},
      {"[ä-ü]", "ö", true},
      {"[\\]a]", "]", true},
      {"[\\-x]", "-", true},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"a\\?b", "a?b", true},
      {"[!a]", "!", true},
      {"x*[0-9]", "xyz7", true},
      {"", "", true},
      {"", "a", false},
      {"[", "[", false},
      {"[a", "a", false},
      {"[]a]", "]", false},
      {"[-]", "-", false},
      {"[x-]", "x", false},
      {"a\\", "a", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.pattern);
    CAPTURE(row.path);
    CHECK(matches(row.pattern, row.path) == row.expected);
  }
}

TEST_CASE("a malformed pattern says why") {
  CHECK(recipe::pattern_problem("") == "");
  CHECK(recipe::pattern_problem("a*[b-d]\\[?") == "");
  CHECK(recipe::pattern_problem("[a") == "a '[' without its ']'");
  CHECK(recipe::pattern_problem("[") == "a '[' without its ']'");
  CHECK(recipe::pattern_problem("[]a]") == "a set that cannot be read");
  CHECK(recipe::pattern_problem("[a-]") == "a set that cannot be read");
  CHECK(recipe::pattern_problem("[^]") == "a set that cannot be read");
  CHECK(recipe::pattern_problem("a\\") == "a '\\' at the end");
}

TEST_CASE("a pattern of many stars takes no exponential time") {
  std::string pattern, path;
  for (int i = 0; i < 100; ++i) pattern += "*a";
  pattern += "b";
  path.assign(4000, 'a');
  std::uint64_t steps = 0;
  CHECK(!matches(pattern, path, steps));
  CHECK(steps < 4'000'000);
}

TEST_CASE("of several patterns that match the first decides, literal or not") {
  auto files = [](std::initializer_list<const char*> patterns) {
    std::vector<recipe::SourceFile> out;
    for (const std::string pattern : patterns) {
      out.emplace_back();
      out.back().pattern.value = pattern;
    }
    return out;
  };
  const auto literal_first = files({"a", "*", "b"});
  CHECK(recipe::find_source(literal_first, "a") == &literal_first[0]);
  CHECK(recipe::find_source(literal_first, "b") == &literal_first[1]);
  const auto pattern_first = files({"x*", "xy", "xy"});
  CHECK(recipe::find_source(pattern_first, "xy") == &pattern_first[0]);
  const auto twice = files({"xy", "xy"});
  CHECK(recipe::find_source(twice, "xy") == &twice[0]);
  CHECK(recipe::find_source(twice, "z") == nullptr);
  CHECK(recipe::find_source({}, "z") == nullptr);
}
