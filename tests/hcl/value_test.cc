#include "core/hcl/value.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "core/base/error.h"
#include "tests/hcl/support.h"
#include "tests/support/error_text.h"

namespace {

using hcl::Conversion, hcl::Kind, hcl::Type, hcl::Value;

std::string converted(const Value& value, const Type& type) {
  std::string out =
      support::error_text([&] { throw base::Error(base::Kind::invalid, hcl_test::show(convert(value, type))); });
  return out;
}

std::string unified(std::vector<Type> types) {
  auto out = hcl::unify(types);
  return out ? out->constraint() : "none";
}

}  // namespace

TEST_CASE("values carry their place, which does not count for equality") {
  auto file = hcl::File::make("a.hcl", "x = 1\n");
  hcl::Range range{file.get(), 4, 5};
  Value value = Value::number(1, range);
  CHECK(value.range().place() == "a.hcl:1:5");
  CHECK(value == Value::number(1));
  CHECK(Value::number(1).at(range).range() == range);
}

TEST_CASE("reading a value as what it is not is the caller's mistake") {
  CHECK_THROWS_AS(Value::string("x").as_number(), std::logic_error);
  CHECK_THROWS_AS(Value().as_string(), std::logic_error);
  CHECK_THROWS_AS(Value::unknown(Type::string()).as_string(), std::logic_error);
  CHECK_THROWS_AS(Value::number(1).elements(), std::logic_error);
}

TEST_CASE("objects keep their members sorted, the last of a name, and where it stands") {
  Value object = Value::object({{"b", Value::number(1)}, {"a", Value::number(2)}, {"b", Value::number(3)}});
  REQUIRE(object.members().size() == 2);
  CHECK(object.members()[0].name == "a");
  CHECK(*object.find("b") == Value::number(3));
  CHECK(object.find("c") == nullptr);
}

TEST_CASE("sets are sorted and hold nothing twice") {
  Value set = Value::set(Type::number(), {Value::number(10), Value::number(2), Value::number(10)});
  REQUIRE(set.elements().size() == 2);
  CHECK(set.elements()[0] == Value::number(2));
}

TEST_CASE("a value that nests too deep is refused") {
  Value value = Value::tuple({});
  CHECK(support::error_text([&] {
          for (int i = 0; i < 1000; i++) value = Value::tuple({value});
        }) == "this value nests deeper than 500 levels");
}

TEST_CASE("types have names for messages and in full") {
  Type type = Type::object({{"a", Type::list(Type::string())}, {"b", Type::tuple({Type::number(), Type()})}});
  CHECK(type.name() == "object");
  CHECK(type.constraint() == "object({a=list(string), b=tuple([number, any])})");
  CHECK(Type::map(Type::boolean()).name() == "map of bool");
  CHECK(type.has_dynamic());
  CHECK(type == Type::object({{"a", Type::list(Type::string())}, {"b", Type::tuple({Type::number(), Type()})}}));
  CHECK_FALSE(type == Type::object({}));
}

TEST_CASE("conversions say what was wanted and what there is") {
  Value mixed = Value::tuple({Value::number(1), Value::string("x")});
  CHECK(converted(mixed, Type::list(Type::string())) == "list(string) [\"1\",\"x\"]");
  CHECK(converted(mixed, Type::list(Type::number())) == "element 1: a number is required, not the string 'x'");
  CHECK(converted(mixed, Type::list({})) == "list(string) [\"1\",\"x\"]");
  CHECK(converted(mixed, Type::tuple({Type::string(), Type::string()})) == "tuple([string, string]) [\"1\",\"x\"]");
  CHECK(converted(mixed, Type::tuple({Type::string()})) == "a tuple of 1 elements is required, not one of 2");
  CHECK(converted(mixed, Type::set(Type::string())) == "set(string) [\"1\",\"x\"]");
  CHECK(converted(mixed, Type::string()) == "a string is required, not a list");
  Value object = Value::object({{"a", Value::number(1)}, {"b", Value::string("x")}});
  CHECK(converted(object, Type::map(Type::string())) == "map(string) {\"a\":\"1\",\"b\":\"x\"}");
  CHECK(converted(object, Type::map(Type::number())) == "element 'b': a number is required, not the string 'x'");
  CHECK(converted(object, Type::object({{"a", Type::string()}})) == "object({a=string}) {\"a\":\"1\"}");
  CHECK(converted(object, Type::object({{"c", Type::string()}})) == "object({c=string}) {\"c\":null}");
  CHECK(converted(object, Type::list({})) == "a list of any type is required, not an object");
  CHECK(converted(Value(), Type::list(Type::string())) == "list(string) null");
  CHECK(converted(Value::unknown(), Type::number()) == "unknown number");
  CHECK(converted(Value::unknown(Type::number()), Type::string()) == "unknown string");
  CHECK(converted(Value::unknown(Type::boolean()), Type::number()) == "a number is required, not a bool");
  CHECK(converted(Value::tuple({Value::tuple({}), Value::tuple({Value::string("a")})}), Type::list(Type::list({}))) ==
        "list(list(string)) [[],[\"a\"]]");
}

TEST_CASE("whether a conversion may fail is known from the types") {
  CHECK(conversion(Type::number(), Type::string()) == Conversion::safe);
  CHECK(conversion(Type::string(), Type::number()) == Conversion::unsafe);
  CHECK(conversion(Type::boolean(), Type::number()) == Conversion::none);
  CHECK(conversion(Type::set(Type::string()), Type::list(Type::string())) == Conversion::safe);
  CHECK(conversion(Type::list(Type::string()), Type::set(Type::string())) == Conversion::unsafe);
  CHECK(conversion(Type::tuple({Type::number()}), Type::list(Type::string())) == Conversion::safe);
  CHECK(conversion(Type::object({}), Type::list({})) == Conversion::none);
  CHECK(conversion(Type(), Type::string()) == Conversion::unsafe);
  CHECK(conversion(Type::string(), Type()) == Conversion::safe);
}

TEST_CASE("types unify to the most general one") {
  const Type string = Type::string(), number = Type::number(), boolean = Type::boolean();
  CHECK(unified({}) == "none");
  CHECK(unified({number, number}) == "number");
  CHECK(unified({number, string}) == "string");
  CHECK(unified({number, boolean}) == "none");
  CHECK(unified({number, boolean, string}) == "string");
  CHECK(unified({Type(), number}) == "number");
  CHECK(unified({Type(), Type()}) == "any");
  CHECK(unified({Type::list(number), Type::list(string)}) == "list(string)");
  CHECK(unified({Type::list(number), Type::set(number)}) == "list(number)");
  CHECK(unified({Type::tuple({number}), Type::tuple({string})}) == "tuple([string])");
  CHECK(unified({Type::tuple({number}), Type::tuple({string, string})}) == "list(string)");
  CHECK(unified({Type::tuple({}), Type::list(string)}) == "list(string)");
  CHECK(unified({Type::object({{"a", number}}), Type::object({{"a", string}})}) == "object({a=string})");
  CHECK(unified({Type::object({{"a", number}}), Type::object({{"b", string}})}) == "map(string)");
  CHECK(unified({Type::object({{"a", number}}), Type::map(string)}) == "map(string)");
  CHECK(unified({Type::object({}), Type::tuple({})}) == "none");
  CHECK(unified({string, Type::list(string)}) == "none");
}

TEST_CASE("ten thousand different types unify, or do not, in the time of one pass") {
  std::vector<Type> objects;
  for (int i = 0; i < 10'000; i++) objects.push_back(Type::object({{"a" + std::to_string(i), Type::number()}}));
  CHECK(unified(objects) == "map(number)");
  objects.push_back(Type::tuple({}));
  CHECK(unified(objects) == "none");
}

TEST_CASE("different types have different texts, whatever their attributes are called") {
  CHECK(Type::object({{"a", Type::number()}, {"b", Type::number()}}).constraint() == "object({a=number, b=number})");
  CHECK(Type::object({{"a=number, b", Type::number()}}).constraint() == "object({\"a=number, b\"=number})");
}
