#include <algorithm>
#include <string>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/hcl/value.h"

namespace hcl {
namespace {

std::string with_article(const Type& type) {
  std::string name = type.name();
  return (type.kind() == Kind::object ? "an " : type.kind() == Kind::dynamic ? "" : "a ") + name;
}

base::Error wrong_type(const Value& value, const Type& wanted) {
  return base::Error(base::Kind::invalid, with_article(wanted) + " is required, not " + value.describe());
}

/// Runs `body`; an error inside says which element it was.
template <class Body>
auto inside(const std::string& element, Body body) {
  try {
    return body();
  } catch (base::Error& error) {
    throw base::Error(error.kind(), element + ": " + error.message()).fix(error.fix());
  }
}

Value to_primitive(const Value& value, const Type& type) {
  switch (type.kind()) {
    case Kind::string:
      if (value.kind() == Kind::number) return Value::string(value.as_number().text(), value.range());
      if (value.kind() == Kind::boolean) return Value::string(value.as_boolean() ? "true" : "false", value.range());
      break;
    case Kind::number:
      if (value.kind() == Kind::string) {
        if (auto number = Number::parse(value.as_string(), Number::Form::text)) {
          return Value::number(*number, value.range());
        }
      }
      break;
    case Kind::boolean:
      if (value.kind() == Kind::string) {
        const std::string& text = value.as_string();
        if (text == "true" || text == "1") return Value::boolean(true, value.range());
        if (text == "false" || text == "0") return Value::boolean(false, value.range());
      }
      break;
    default:
      break;
  }
  throw wrong_type(value, type);
}

/// The one type of all elements when `wanted` leaves it open.
Type element_type(const Type& wanted, const std::vector<Type>& present, const Value& value) {
  if (wanted.kind() != Kind::dynamic) return wanted;
  if (present.empty()) return wanted;
  auto out = unify(present);
  if (!out) {
    throw base::Error(base::Kind::invalid,
                      "all elements must be of one type, and those of " + value.describe() + " have none in common");
  }
  return *out;
}

Value to_sequence(const Value& value, const Type& type) {
  auto from = value.elements();
  if (type.kind() == Kind::tuple && from.size() != type.elements().size()) {
    throw base::Error(base::Kind::invalid, "a tuple of " + std::to_string(type.elements().size()) +
                                               " elements is required, not one of " + std::to_string(from.size()));
  }
  Type element = type.element();
  if (type.kind() != Kind::tuple) {
    std::vector<Type> present;
    if (element.kind() == Kind::dynamic)
      for (const Value& one : from) present.push_back(one.type());
    element = element_type(element, present, value);
  }
  std::vector<Value> out;
  out.reserve(from.size());
  for (std::size_t i = 0; i < from.size(); i++) {
    const Type& wanted = type.kind() == Kind::tuple ? type.elements()[i] : element;
    out.push_back(inside("element " + std::to_string(i), [&] { return convert(from[i], wanted); }));
  }
  if (type.kind() == Kind::tuple) return Value::tuple(std::move(out), value.range());
  // A wanted type with an open part inside is settled by what the elements became.
  if (element.has_dynamic() && !out.empty()) {
    std::vector<Type> present;
    for (const Value& one : out) present.push_back(one.type());
    Type settled = element_type({}, present, value);
    if (settled != element) {
      for (Value& one : out) one = convert(one, settled);
      element = settled;
    }
  }
  if (type.kind() == Kind::set) return Value::set(element, std::move(out), value.range());
  return Value::list(element, std::move(out), value.range());
}

Value to_map(const Value& value, const Type& type) {
  std::vector<Type> present;
  for (const Member& one : value.members()) present.push_back(one.value.type());
  Type element = element_type(type.element(), present, value);
  std::vector<Member> out;
  std::vector<Type> became;
  for (const Member& one : value.members()) {
    Value converted = inside("element " + base::quoted(one.name), [&] { return convert(one.value, element); });
    became.push_back(converted.type());
    out.push_back({one.name, std::move(converted), one.name_range});
  }
  if (element.has_dynamic() && !out.empty()) {
    Type settled = element_type({}, became, value);
    if (settled != element) {
      for (Member& one : out) one.value = convert(one.value, settled);
      element = settled;
    }
  }
  return Value::map(element, std::move(out), value.range());
}

Value to_object(const Value& value, const Type& type) {
  std::vector<Member> out;
  for (const auto& [name, wanted] : type.attributes()) {
    const Value* present = value.find(name);
    if (!present) {
      if (value.kind() == Kind::map) {
        throw base::Error(base::Kind::invalid, "the element " + base::quoted(name) + " is required");
      }
      out.push_back({name, Value::null(wanted, value.range())});
      continue;
    }
    out.push_back({name, inside("attribute " + base::quoted(name),
                                [&, &type_wanted = wanted] { return convert(*present, type_wanted); })});
  }
  if (value.kind() == Kind::map && out.size() != value.members().size()) {
    throw base::Error(base::Kind::invalid, "only the elements that the object has are allowed");
  }
  return Value::object(std::move(out), value.range());
}

Conversion all_of(std::initializer_list<Conversion> conversions) { return std::min(conversions); }

}  // namespace

Value convert(const Value& value, const Type& type) {
  if (type.kind() == Kind::dynamic) return value;
  if (value.is_null()) return Value::null(type, value.range());
  if (value.is_unknown()) {
    Type from = value.type();
    if (from == type) return value;
    if (conversion(from, type) == Conversion::none) {
      throw base::Error(base::Kind::invalid, with_article(type) + " is required, not " + with_article(from));
    }
    return Value::unknown(type, value.range());
  }
  if (type.is_primitive()) return value.kind() == type.kind() ? value : to_primitive(value, type);
  if (type.is_sequence()) {
    bool sequence = value.kind() == Kind::list || value.kind() == Kind::set || value.kind() == Kind::tuple;
    if (!sequence) throw wrong_type(value, type);
    return to_sequence(value, type);
  }
  bool mapping = value.kind() == Kind::map || value.kind() == Kind::object;
  if (!mapping) throw wrong_type(value, type);
  return type.kind() == Kind::map ? to_map(value, type) : to_object(value, type);
}

Conversion conversion(const Type& from, const Type& to) {
  if (from == to || to.kind() == Kind::dynamic) return Conversion::safe;
  if (from.kind() == Kind::dynamic) return Conversion::unsafe;
  if (to.is_primitive()) {
    if (!from.is_primitive()) return Conversion::none;
    if (to.kind() == Kind::string) return Conversion::safe;
    return from.kind() == Kind::string ? Conversion::unsafe : Conversion::none;
  }
  Conversion out = Conversion::safe;
  if (to.is_sequence() && from.is_sequence()) {
    bool to_tuple = to.kind() == Kind::tuple, from_tuple = from.kind() == Kind::tuple;
    if (to_tuple && from_tuple) {
      if (to.elements().size() != from.elements().size()) return Conversion::none;
      for (std::size_t i = 0; i < to.elements().size(); i++)
        out = all_of({out, conversion(from.elements()[i], to.elements()[i])});
      return out;
    }
    if ((to.kind() == Kind::set && from.kind() != Kind::set) || to_tuple) out = Conversion::unsafe;
    if (from_tuple) {
      for (const Type& one : from.elements()) out = all_of({out, conversion(one, to.element())});
    } else if (to_tuple) {
      for (const Type& one : to.elements()) out = all_of({out, conversion(from.element(), one)});
    } else {
      out = all_of({out, conversion(from.element(), to.element())});
    }
    return out;
  }
  if (!to.is_mapping() || !from.is_mapping()) return Conversion::none;
  if (to.kind() == Kind::map) {
    if (from.kind() == Kind::map) return conversion(from.element(), to.element());
    for (const auto& [name, type] : from.attributes()) out = all_of({out, conversion(type, to.element())});
    return out;
  }
  if (from.kind() == Kind::map) {
    out = Conversion::unsafe;
    for (const auto& [name, type] : to.attributes()) out = all_of({out, conversion(from.element(), type)});
    return out;
  }
  for (const auto& [name, type] : to.attributes()) {
    auto present = from.attributes().find(name);
    out = all_of({out, present == from.attributes().end() ? Conversion::unsafe : conversion(present->second, type)});
  }
  return from.attributes().size() > to.attributes().size() ? all_of({out, Conversion::unsafe}) : out;
}

}  // namespace hcl
