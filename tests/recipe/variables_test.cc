#include "core/recipe/variables.h"

#include <doctest/doctest.h>

#include "core/base/error.h"

namespace {

std::string problem_of_file(const std::string& text) {
  recipe::Variables variables;
  try {
    recipe::add_vars_file(variables, text, "v.yml");
    return "";
  } catch (const base::Error& error) {
    return error.message();
  }
}

}  // namespace

TEST_CASE("names of variables are identifiers of the language, hyphens included") {
  for (const std::string name : {"a", "_a", "estaleiro-commit", "a1_b", "größe", "var", "for"}) {
    CAPTURE(name);
    CHECK(recipe::is_variable_name(name));
  }
  for (const std::string name : {"", "1a", "-a", "a b", "a.b", "a=b", "true", "null", "local", "a\xff"}) {
    CAPTURE(name);
    CHECK(!recipe::is_variable_name(name));
  }
}

TEST_CASE("a vars file is a flat map, and its values are the text that was written") {
  recipe::Variables variables;
  recipe::add_vars_file(variables,
                        "# versions\nversion: 1.10\ncommit: 0123\ndebug: yes\nname: \"a: b\"\nlong: >\n  one\n  two\n"
                        "empty: ''\n",
                        "v.yml");
  CHECK(variables.at("version").value == "1.10");
  CHECK(variables.at("commit").value == "0123");
  CHECK(variables.at("debug").value == "yes");
  CHECK(variables.at("name").value == "a: b");
  CHECK(variables.at("long").value == "one two\n");
  CHECK(variables.at("empty").value == "");
  CHECK(variables.at("name").origin == "vars file 'v.yml'");
  CHECK(variables.size() == 6);
}

TEST_CASE("JSON is a vars file as well, an empty file is one, and later files win") {
  recipe::Variables variables;
  recipe::add_vars_file(variables, R"({"a": "1", "b": 2, "c": true})", "v.json");
  recipe::add_vars_file(variables, "", "nothing.yml");
  recipe::add_vars_file(variables, "b: 3", "w.yml");
  CHECK(variables.at("a").value == "1");
  CHECK(variables.at("b").value == "3");
  CHECK(variables.at("b").origin == "vars file 'w.yml'");
  CHECK(variables.at("c").value == "true");
}

TEST_CASE("a vars file of any other shape is refused with its place") {
  struct Row {
    std::string text;
    std::string message;
  };
  const Row rows[] = {
      {"- a\n- b\n", "vars file 'v.yml:1:1': a map is wanted, not a list"},
      {"just text", "vars file 'v.yml:1:1': a map is wanted, not a single value"},
      {"a: 1\na: 2\n", "vars file 'v.yml:2:1': 'a' is given twice"},
      {"a: [1]\n", "vars file 'v.yml:1:4': 'a' is a list, a string is wanted"},
      {"a: {b: c}\n", "vars file 'v.yml:1:4': 'a' is a map, a string is wanted"},
      {"a:\n", "vars file 'v.yml:2:1': 'a' has no value"},
      {"a: ~\n", "vars file 'v.yml:1:4': 'a' has no value"},
      {"? [a]\n: b\n", "vars file 'v.yml:1:3': a list cannot be the name of a variable"},
      {"\"a b\": c\n", "vars file 'v.yml:1:1': 'a b' cannot be the name of a variable"},
      {"a: &x b\n", "vars file 'v.yml:1:4': anchors are not allowed"},
      {"a: !!binary aGk=\n", "vars file 'v.yml:1:4': tags are not allowed: 'tag:yaml.org,2002:binary'"},
      {"a: b\n---\nc: d\n", "vars file 'v.yml': it holds a second document"},
      {"a: \"b", "vars file 'v.yml:1:6': illegal EOF in scalar"},
      {"a: \xff\n", "vars file 'v.yml': it is not UTF-8"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(problem_of_file(row.text) == row.message);
  }
  CHECK(problem_of_file(std::string((1 << 20) + 1, '#')) ==
        "vars file 'v.yml': it has 1.0 MiB, at most 1.0 MiB are read");
  CHECK(problem_of_file(std::string(100000, '[')) != "");
}

TEST_CASE("an assignment of the command line is split at the first '='") {
  recipe::Variables variables;
  recipe::add_assignment(variables, "a-b=c=d", "--var");
  recipe::add_assignment(variables, "e=", "--var");
  CHECK(variables.at("a-b").value == "c=d");
  CHECK(variables.at("a-b").origin == "--var");
  CHECK(variables.at("e").value == "");
  for (const std::string assignment : {"a", "=b", "a b=c", ""}) {
    CAPTURE(assignment);
    CHECK_THROWS_AS(recipe::add_assignment(variables, assignment, "--var"), base::Error);
  }
}
