#include <algorithm>
#include <cmath>

#include "core/hcl/operations.h"
#include "core/hcl/standard_functions.h"

namespace hcl {
namespace {

Value extreme(Arguments& arguments, bool largest) {
  if (arguments.size() == 0) throw base::Error(base::Kind::invalid, "at least one number is required");
  auto smaller = [](const Value& a, const Value& b) { return a.as_number() < b.as_number(); };
  auto all = arguments.all();
  return largest ? *std::max_element(all.begin(), all.end(), smaller)
                 : *std::min_element(all.begin(), all.end(), smaller);
}

Value from_double(double value) {
  auto out = Number::from_double(value);
  if (!out) throw base::Error(base::Kind::invalid, "the result is not a number");
  return Value::number(*out);
}

}  // namespace

void add_number_functions(FunctionTable& table) {
  const Parameter number{"number", Type::number()};
  const Parameter numbers{"numbers", Type::number()};
  table.add({"abs", "the number without its sign", {number}, {}, Type::number(), [](Arguments& arguments) {
               const Number& given = arguments[0].as_number();
               return Value::number(given.is_negative() ? given.negated() : given);
             }});
  table.add({"ceil",
             "the least whole number that is not below the number",
             {number},
             {},
             Type::number(),
             [](Arguments& arguments) { return Value::number(arguments[0].as_number().ceil()); }});
  table.add({"floor",
             "the largest whole number that is not above the number",
             {number},
             {},
             Type::number(),
             [](Arguments& arguments) { return Value::number(arguments[0].as_number().floor()); }});
  table.add({"log",
             "the logarithm of a number to a base, in double precision",
             {number, {"base", Type::number()}},
             {},
             Type::number(),
             [](Arguments& arguments) {
               return from_double(std::log(arguments[0].as_number().to_double()) /
                                  std::log(arguments[1].as_number().to_double()));
             }});
  table.add({"max", "the largest of the numbers", {}, numbers, Type::number(), [](Arguments& arguments) {
               return extreme(arguments, true);
             }});
  table.add({"min", "the least of the numbers", {}, numbers, Type::number(), [](Arguments& arguments) {
               return extreme(arguments, false);
             }});
  table.add({"parseint",
             "the whole number that a text gives in a base from 2 to 62",
             {{"text", Type::string()}, {"base", Type::number()}},
             {},
             Type::number(),
             [](Arguments& arguments) {
               int base = static_cast<int>(whole_number(arguments, 1, 2, 62));
               auto out = Number::parse_integer(arguments[0].as_string(), base);
               if (!out) {
                 throw arguments.problem(
                     0, arguments[0].describe() + " is not a whole number in base " + std::to_string(base));
               }
               return Value::number(*out);
             }});
  table.add({"pow",
             "a number to the power of another, in double precision",
             {number, {"power", Type::number()}},
             {},
             Type::number(),
             [](Arguments& arguments) {
               return from_double(std::pow(arguments[0].as_number().to_double(), arguments[1].as_number().to_double()));
             }});
  table.add({"signum", "-1, 0 or 1 by the sign of the number", {number}, {}, Type::number(), [](Arguments& arguments) {
               const Number& given = arguments[0].as_number();
               return Value::number(given.is_zero() ? 0 : given.is_negative() ? -1 : 1);
             }});
  table.add({"sum",
             "the sum of a list of numbers, which must not be empty",
             {{"list", Type()}},
             {},
             Type::number(),
             [](Arguments& arguments) {
               auto elements = sequence(arguments, 0);
               if (elements.empty()) throw arguments.problem(0, "an empty list has no sum");
               Value out = Value::number(0);
               for (const Value& one : elements) out = arithmetic(BinaryOperator::add, out, one);
               return out;
             }});
}

}  // namespace hcl
