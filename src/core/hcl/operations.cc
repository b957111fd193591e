#include "core/hcl/operations.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/hcl/diagnostics.h"
#include "core/hcl/unicode.h"

namespace hcl {
namespace {

base::Error invalid(std::string message) { return base::Error(base::Kind::invalid, std::move(message)); }

/// An operand as `type`; null has no place in an operation.
Value operand(const Value& value, const Type& type) {
  if (value.is_null()) throw invalid("a " + type.name() + " is required, not null");
  return convert(value, type);
}

Value number_or_overflow(const std::optional<Number>& result) {
  if (!result) throw invalid("the result is too large");
  return Value::number(*result);
}

/// nullopt: not known yet.
std::optional<bool> same_contents(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) {
    if (a.is_unknown() || b.is_unknown()) return std::nullopt;
    return a.is_null() && b.is_null();
  }
  if (a.is_unknown() || b.is_unknown()) return std::nullopt;
  if (a.kind() != b.kind()) return false;
  bool unsure = false;
  auto differs = [&](const Value& x, const Value& y) {
    auto same = same_contents(x, y);
    unsure = unsure || !same;
    return same && !*same;
  };
  switch (a.kind()) {
    case Kind::tuple:
    case Kind::list: {
      auto x = a.elements(), y = b.elements();
      if (x.size() != y.size()) return false;
      for (std::size_t i = 0; i < x.size(); i++)
        if (differs(x[i], y[i])) return false;
      break;
    }
    case Kind::map:
    case Kind::object: {
      auto x = a.members(), y = b.members();
      if (x.size() != y.size()) return false;
      for (std::size_t i = 0; i < x.size(); i++)
        if (x[i].name != y[i].name || differs(x[i].value, y[i].value)) return false;
      break;
    }
    case Kind::set:
      if (!a.wholly_known() || !b.wholly_known()) return std::nullopt;
      return a == b;
    default:
      return a == b;
  }
  if (unsure) return std::nullopt;
  return true;
}

std::string names_of(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 10); i++)
    out += (i ? ", " : "") + base::quoted(names[i]);
  return names.size() > 10 ? out + ", …" : out;
}

base::Error no_such_member(std::string_view what, std::string_view name, const std::vector<std::string>& present) {
  base::Error out = invalid("this " + std::string(what) + " has no element " + base::quoted(name));
  std::string near = suggestion(name, present);
  return std::move(out).fix(!near.empty() ? near : present.empty() ? "it is empty" : "it has " + names_of(present));
}

/// The member `name` of a map or an object, known or not.
Value member(const Value& value, std::string_view name) {
  if (value.is_unknown()) {
    Type type = value.type();
    if (type.kind() == Kind::map) return Value::unknown(type.element());
    auto found = type.attributes().find(std::string(name));
    if (found != type.attributes().end()) return Value::unknown(found->second);
    std::vector<std::string> present;
    for (const auto& [key, unused] : type.attributes()) present.push_back(key);
    throw no_such_member("object", name, present);
  }
  if (const Value* found = value.find(name)) return *found;
  std::vector<std::string> present;
  for (const Member& one : value.members()) present.push_back(one.name);
  throw no_such_member(value.kind() == Kind::map ? "map" : "object", name, present);
}

Value sequence_element(const Value& collection, const Value& given) {
  Value key = operand(given, Type::number());
  if (key.is_unknown()) {
    return Value::unknown(collection.kind() == Kind::list ? collection.type().element() : Type::dynamic());
  }
  const Number& number = key.as_number();
  if (!number.is_integer()) throw invalid("an index is a whole number, not " + number.text());
  if (number.is_negative()) throw invalid("an index counts from 0, so it is not " + number.text());
  auto index = number.to_int64();
  if (collection.is_unknown()) {
    if (collection.kind() == Kind::list) return Value::unknown(collection.type().element());
    Type type = collection.type();
    if (!index || static_cast<std::size_t>(*index) >= type.elements().size()) {
      throw invalid("there is no element " + number.text() + ": the list has " +
                    std::to_string(type.elements().size()));
    }
    return Value::unknown(type.elements()[static_cast<std::size_t>(*index)]);
  }
  auto elements = collection.elements();
  if (index && static_cast<std::size_t>(*index) < elements.size()) return elements[static_cast<std::size_t>(*index)];
  if (elements.empty()) throw invalid("there is no element " + number.text() + ": the list is empty");
  throw invalid("there is no element " + number.text() + ": the last one is " + std::to_string(elements.size() - 1));
}

}  // namespace

Value negate(const Value& given) {
  Value value = operand(given, Type::number());
  return value.is_unknown() ? value : Value::number(value.as_number().negated());
}

Value logical_not(const Value& given) {
  Value value = operand(given, Type::boolean());
  return value.is_unknown() ? value : Value::boolean(!value.as_boolean());
}

Value arithmetic(BinaryOperator operation, const Value& left, const Value& right) {
  Value a = operand(left, Type::number()), b = operand(right, Type::number());
  if (a.is_unknown() || b.is_unknown()) return Value::unknown(Type::number());
  switch (operation) {
    case BinaryOperator::add:
      return number_or_overflow(Number::add(a.as_number(), b.as_number()));
    case BinaryOperator::subtract:
      return number_or_overflow(Number::subtract(a.as_number(), b.as_number()));
    case BinaryOperator::multiply:
      return number_or_overflow(Number::multiply(a.as_number(), b.as_number()));
    default:
      if (b.as_number().is_zero()) throw invalid("division by zero");
      return number_or_overflow(operation == BinaryOperator::divide ? Number::divide(a.as_number(), b.as_number())
                                                                    : Number::remainder(a.as_number(), b.as_number()));
  }
}

Value compare(BinaryOperator operation, const Value& left, const Value& right) {
  Value a = operand(left, Type::number()), b = operand(right, Type::number());
  if (a.is_unknown() || b.is_unknown()) return Value::unknown(Type::boolean());
  auto order = a.as_number() <=> b.as_number();
  switch (operation) {
    case BinaryOperator::less:
      return Value::boolean(order < 0);
    case BinaryOperator::less_equal:
      return Value::boolean(order <= 0);
    case BinaryOperator::greater:
      return Value::boolean(order > 0);
    default:
      return Value::boolean(order >= 0);
  }
}

Value logic(BinaryOperator operation, const Value& left, const Value& right) {
  Value a = operand(left, Type::boolean()), b = operand(right, Type::boolean());
  bool decisive = operation == BinaryOperator::logical_or;
  for (const Value& one : {a, b})
    if (one.is_known() && one.as_boolean() == decisive) return Value::boolean(decisive);
  if (a.is_unknown() || b.is_unknown()) return Value::unknown(Type::boolean());
  return Value::boolean(!decisive);
}

Value equal(const Value& left, const Value& right) {
  auto is_dynamic = [](const Value& v) { return v.is_unknown() && v.kind() == Kind::dynamic; };
  std::optional<bool> same;
  if (left.is_null() || right.is_null()) {
    same = same_contents(left, right);
  } else if (!is_dynamic(left) && !is_dynamic(right)) {
    Type a = left.type(), b = right.type();
    bool may_agree = a == b || (!(left.wholly_known() && right.wholly_known()) && (a.has_dynamic() || b.has_dynamic()));
    same = may_agree ? same_contents(left, right) : std::optional(false);
  }
  return same ? Value::boolean(*same) : Value::unknown(Type::boolean());
}

Value attribute_of(const Value& value, std::string_view written) {
  if (value.is_null()) throw invalid("null has no attributes");
  std::string name = nfc(std::string(written));
  switch (value.kind()) {
    case Kind::map:
    case Kind::object:
      return member(value, name);
    case Kind::dynamic:
      return Value::unknown();
    case Kind::list:
    case Kind::tuple:
    case Kind::set:
      throw invalid("a " + std::string(value.kind() == Kind::set ? "set" : "list") + " has no attributes")
          .fix("select an element with [0], or all of them with [*]." + name);
    default:
      throw invalid("a " + value.type().name() + " has no attributes");
  }
}

Value element_of(const Value& collection, const Value& key) {
  if (collection.is_null()) throw invalid("null has no elements");
  if (key.is_null()) throw invalid("null is not an index");
  switch (collection.kind()) {
    case Kind::list:
    case Kind::tuple:
      return sequence_element(collection, key);
    case Kind::map:
    case Kind::object: {
      Value name = convert(key, Type::string());
      if (name.is_known()) return member(collection, name.as_string());
      return Value::unknown(collection.kind() == Kind::map ? collection.type().element() : Type::dynamic());
    }
    case Kind::dynamic:
      return Value::unknown();
    case Kind::set:
      throw invalid("the elements of a set have no index").fix("convert it with tolist() first");
    default:
      throw invalid("a " + collection.type().name() + " has no elements");
  }
}

}  // namespace hcl
