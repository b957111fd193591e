#include "core/hcl/value.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/hcl/unicode.h"

namespace hcl {

Value Value::null(Type type, Range range) {
  Value out(type.kind(), State::null, range);
  out.type_ = std::move(type);
  return out;
}

Value Value::unknown(Type type, Range range) {
  Value out(type.kind(), State::unknown, range);
  out.type_ = std::move(type);
  return out;
}

Value Value::boolean(bool value, Range range) {
  Value out(Kind::boolean, State::known, range);
  out.data_ = value;
  return out;
}

Value Value::number(Number value, Range range) {
  Value out(Kind::number, State::known, range);
  out.data_ = std::make_shared<const Number>(std::move(value));
  return out;
}

Value Value::string(std::string text, Range range) {
  Value out(Kind::string, State::known, range);
  text = nfc(std::move(text));
  out.weight_ = static_cast<std::uint32_t>(std::min<std::size_t>(1 + text.size() / 64, 1u << 31));
  out.data_ = std::make_shared<const std::string>(std::move(text));
  return out;
}

/// Counts depth and weight of an element that this will hold.
void Value::contain(const Value& element) {
  if (element.depth_ >= max_value_depth) {
    throw base::Error(base::Kind::invalid,
                      "this value nests deeper than " + std::to_string(max_value_depth) + " levels");
  }
  depth_ = std::max<std::uint16_t>(depth_, static_cast<std::uint16_t>(element.depth_ + 1));
  std::uint32_t room = std::numeric_limits<std::uint32_t>::max() - weight_;
  weight_ += std::min(room, element.weight_);
}

Value Value::sequence(Kind kind, Type element, Elements elements, Range range) {
  Value out(kind, State::known, range);
  out.type_ = std::move(element);
  for (const Value& one : elements) out.contain(one);
  out.data_ = std::make_shared<const Elements>(std::move(elements));
  return out;
}

Value Value::mapping(Kind kind, Type element, Members members, Range range) {
  auto by_name = [](const Member& a, const Member& b) { return a.name < b.name; };
  if (!std::is_sorted(members.begin(), members.end(), by_name)) {
    std::stable_sort(members.begin(), members.end(), by_name);
  }
  // Of equal names the last stays: unique() from behind keeps the first it meets.
  auto kept =
      std::unique(members.rbegin(), members.rend(), [](const Member& a, const Member& b) { return a.name == b.name; });
  members.erase(members.begin(), kept.base());
  Value out(kind, State::known, range);
  out.type_ = std::move(element);
  for (const Member& one : members) out.contain(one.value);
  out.data_ = std::make_shared<const Members>(std::move(members));
  return out;
}

Value Value::tuple(std::vector<Value> elements, Range range) {
  return sequence(Kind::tuple, {}, std::move(elements), range);
}
Value Value::list(Type element, std::vector<Value> elements, Range range) {
  return sequence(Kind::list, std::move(element), std::move(elements), range);
}
Value Value::set(Type element, std::vector<Value> elements, Range range) {
  std::stable_sort(elements.begin(), elements.end(),
                   [](const Value& a, const Value& b) { return order(a, b) == std::strong_ordering::less; });
  elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
  return sequence(Kind::set, std::move(element), std::move(elements), range);
}
Value Value::object(std::vector<Member> members, Range range) {
  return mapping(Kind::object, {}, std::move(members), range);
}
Value Value::map(Type element, std::vector<Member> members, Range range) {
  return mapping(Kind::map, std::move(element), std::move(members), range);
}

Type Value::type() const {
  if (state_ != State::known) return type_;
  switch (kind_) {
    case Kind::boolean:
      return Type::boolean();
    case Kind::number:
      return Type::number();
    case Kind::string:
      return Type::string();
    case Kind::list:
      return Type::list(type_);
    case Kind::set:
      return Type::set(type_);
    case Kind::map:
      return Type::map(type_);
    case Kind::tuple: {
      std::vector<Type> types;
      for (const Value& one : elements()) types.push_back(one.type());
      return Type::tuple(std::move(types));
    }
    case Kind::object: {
      std::map<std::string, Type> types;
      for (const Member& one : members()) types.emplace_hint(types.end(), one.name, one.value.type());
      return Type::object(std::move(types));
    }
    case Kind::dynamic:
      break;
  }
  return {};
}

Value Value::at(Range range) const {
  Value out = *this;
  out.range_ = range;
  return out;
}

bool Value::wholly_known() const {
  if (state_ == State::unknown) return false;
  if (state_ == State::null) return true;
  if (auto elements = std::get_if<std::shared_ptr<const Elements>>(&data_)) {
    return std::all_of((*elements)->begin(), (*elements)->end(), [](const Value& v) { return v.wholly_known(); });
  }
  if (auto members = std::get_if<std::shared_ptr<const Members>>(&data_)) {
    return std::all_of((*members)->begin(), (*members)->end(), [](const Member& m) { return m.value.wholly_known(); });
  }
  return true;
}

namespace {

template <class T, class Data>
const T& expect(const Data& data, const char* what) {
  const T* out = std::get_if<T>(&data);
  if (!out) throw std::logic_error(std::string("this value is not ") + what);
  return *out;
}

}  // namespace

bool Value::as_boolean() const { return expect<bool>(data_, "a known bool"); }
const Number& Value::as_number() const { return *expect<std::shared_ptr<const Number>>(data_, "a known number"); }
const std::string& Value::as_string() const {
  return *expect<std::shared_ptr<const std::string>>(data_, "a known string");
}
std::span<const Value> Value::elements() const {
  return *expect<std::shared_ptr<const Elements>>(data_, "a known list, set or tuple");
}
std::span<const Member> Value::members() const {
  return *expect<std::shared_ptr<const Members>>(data_, "a known map or object");
}

const Value* Value::find(std::string_view name) const {
  auto all = members();
  auto at = std::lower_bound(all.begin(), all.end(), name,
                             [](const Member& m, std::string_view wanted) { return m.name < wanted; });
  return at != all.end() && at->name == name ? &at->value : nullptr;
}

bool Value::operator==(const Value& other) const {
  if (kind_ != other.kind_ || state_ != other.state_) return false;
  if (state_ != State::known) return type_ == other.type_;
  switch (kind_) {
    case Kind::boolean:
      return as_boolean() == other.as_boolean();
    case Kind::number:
      return as_number() == other.as_number();
    case Kind::string:
      return as_string() == other.as_string();
    case Kind::list:
    case Kind::set:
    case Kind::tuple: {
      if (type_ != other.type_) return false;
      auto a = elements(), b = other.elements();
      return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }
    case Kind::map:
    case Kind::object: {
      if (type_ != other.type_) return false;
      auto a = members(), b = other.members();
      return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                        [](const Member& x, const Member& y) { return x.name == y.name && x.value == y.value; });
    }
    case Kind::dynamic:
      break;
  }
  return true;
}

std::strong_ordering Value::order(const Value& a, const Value& b) {
  if (a.state_ != b.state_) return a.state_ <=> b.state_;
  if (a.kind_ != b.kind_) return a.kind_ <=> b.kind_;
  if (a.state_ != State::known) return std::strong_ordering::equal;
  switch (a.kind_) {
    case Kind::boolean:
      return a.as_boolean() <=> b.as_boolean();
    case Kind::number:
      return a.as_number() <=> b.as_number();
    case Kind::string:
      return a.as_string() <=> b.as_string();
    case Kind::list:
    case Kind::set:
    case Kind::tuple: {
      auto x = a.elements(), y = b.elements();
      return std::lexicographical_compare_three_way(x.begin(), x.end(), y.begin(), y.end(), order);
    }
    case Kind::map:
    case Kind::object: {
      auto x = a.members(), y = b.members();
      return std::lexicographical_compare_three_way(x.begin(), x.end(), y.begin(), y.end(),
                                                    [](const Member& m, const Member& n) {
                                                      auto names = m.name <=> n.name;
                                                      return names != 0 ? names : order(m.value, n.value);
                                                    });
    }
    case Kind::dynamic:
      break;
  }
  return std::strong_ordering::equal;
}

std::string Value::describe() const {
  if (state_ == State::null) return "null";
  if (state_ == State::unknown) return "a value that is not yet known";
  switch (kind_) {
    case Kind::boolean:
      return as_boolean() ? "true" : "false";
    case Kind::number:
      return "the number " + as_number().text();
    case Kind::string:
      return "the string " + base::quoted(as_string(), 60);
    case Kind::object:
      return "an object";
    case Kind::tuple:
      return "a list";
    default:
      // Of an open element type only the kind is worth saying.
      if (type_.kind() != Kind::dynamic) return "a " + type().name();
      return kind_ == Kind::list ? "a list" : kind_ == Kind::set ? "a set" : "a map";
  }
}

}  // namespace hcl
