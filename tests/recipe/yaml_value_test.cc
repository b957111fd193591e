#include "core/recipe/yaml_value.h"

#include <doctest/doctest.h>

#include "core/base/error.h"
#include "tests/recipe/support.h"

using hcl::Value;

namespace {

Value decode(std::string_view text) {
  hcl::Budget budget;
  return recipe::decode_yaml(text, budget);
}

std::string problem(std::string_view text) {
  try {
    decode(text);
    return "";
  } catch (const base::Error& error) {
    return error.message();
  }
}

}  // namespace

TEST_CASE("scalars get the types of YAML's core schema") {
  CHECK(decode("").is_null());
  CHECK(decode("~").is_null());
  CHECK(decode("null").is_null());
  CHECK(decode("true") == Value::boolean(true));
  CHECK(decode("FALSE") == Value::boolean(false));
  CHECK(decode("yes") == Value::string("yes"));
  CHECK(decode("12") == Value::number(12));
  CHECK(decode("-12") == Value::number(-12));
  CHECK(decode("+12") == Value::number(12));
  CHECK(decode("0x1f") == Value::number(31));
  CHECK(decode("0o17") == Value::number(15));
  CHECK(decode("1.5e3") == Value::number(1500));
  CHECK(decode("1.2.3") == Value::string("1.2.3"));
  CHECK(decode("2024-01-31") == Value::string("2024-01-31"));
  CHECK(decode("'12'") == Value::string("12"));
  CHECK(decode("\"true\"") == Value::string("true"));
  CHECK(decode("!!str 12") == Value::string("12"));
  CHECK(decode("|\n  a\n  b\n") == Value::string("a\nb\n"));
}

TEST_CASE("maps become objects and sequences tuples") {
  const Value value = decode("a: [1, {b: c}]\nd: {}\n");
  REQUIRE(value.is(hcl::Kind::object));
  const Value* a = value.find("a");
  REQUIRE(a);
  CHECK(a->elements()[0] == Value::number(1));
  CHECK(*a->elements()[1].find("b") == Value::string("c"));
  CHECK(value.find("d")->members().empty());
  CHECK(*decode("12: x").find("12") == Value::string("x"));
}

TEST_CASE("aliases repeat, and '<<' fills in what is not there") {
  const Value value = decode("base: &b {x: 1, y: 2}\nderived:\n  <<: *b\n  y: 3\nlist: [*b, *b]\n");
  CHECK(*value.find("derived")->find("x") == Value::number(1));
  CHECK(*value.find("derived")->find("y") == Value::number(3));
  CHECK(*value.find("list")->elements()[1].find("x") == Value::number(1));
}

TEST_CASE("what cannot be a value is refused with its place") {
  struct Row {
    std::string text;
    std::string message;
  };
  const Row rows[] = {
      {"a: 1\na: 2\n", "not YAML that can be read: line 2, column 4: the key 'a' is given twice"},
      {"[a]: b", "not YAML that can be read: line 1, column 1: a key that is no scalar"},
      {"a: !!binary aGk=",
       "not YAML that can be read: line 1, column 4: the tag 'tag:yaml.org,2002:binary' means nothing here"},
      {"a: .inf", "not YAML that can be read: line 1, column 4: '.inf' is no number that can be kept"},
      {"a: b\n---\nc", "not YAML that can be read: a second document follows"},
      {"<<: 1", "not YAML that can be read: line 1, column 5: '<<' takes maps"},
      {"a: *b", "not YAML that can be read: line 1, column 4: the referenced anchor is not defined"},
      {"a: 'b", "not YAML that can be read: line 1, column 6: illegal EOF in scalar"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(problem(row.text) == row.message);
  }
}

TEST_CASE("nesting and repetition are bounded") {
  CHECK(problem(std::string(65, '[') + std::string(65, ']')) ==
        "not YAML that can be read: line 1, column 65: nested deeper than 64 levels");
  CHECK(problem(std::string(100000, '[')) != "");
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) laughs += before + ", ";
    laughs += "]\n";
  }
  CHECK(problem(laughs) != "");
}

TEST_CASE("a recipe can call yamldecode, and a mistake is shown under its argument") {
  const auto good =
      recipe_test::load("locals {\n  v = yamldecode(\"user: app\")\n}\n" + recipe_test::image("  user = local.v.user"));
  CHECK(good.text() == "");
  CHECK(good.recipe.image.user->value == "app");
  const auto bad = recipe_test::load(recipe_test::image("  user = yamldecode(\"[\")"));
  CHECK(
      bad.text() ==
      "estaleiro.hcl:3:21: error: 'yamldecode': not YAML that can be read: line 1, column 1: end of sequence flow not "
      "found\n"
      "  3 |   user = yamldecode(\"[\")\n"
      "    |                     ^^^\n");
}
