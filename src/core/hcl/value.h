#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/hcl/number.h"
#include "core/hcl/source.h"
#include "core/hcl/type.h"

namespace hcl {

struct Member;

/// How deep values may nest: more than an expression can say in one go, little enough to walk by recursion.
inline constexpr int max_value_depth = 500;

/// A value of HCL's information model, with the place it came from. Copied freely (the contents are shared and
/// immutable). Equality ignores places. Making one that nests deeper than max_value_depth throws invalid.
///
/// Accessors are for values of the right kind that are known and not null; anything else is a mistake of the caller and
/// throws std::logic_error.
class Value {
 public:
  Value() = default;  ///< null, of dynamic type
  static Value null(Type type = {}, Range range = {});
  static Value unknown(Type type = {}, Range range = {});
  static Value boolean(bool value, Range range = {});
  static Value number(Number value, Range range = {});
  /// `text` is UTF-8 and is kept in Unicode's normal form C, so equal strings have equal bytes.
  static Value string(std::string text, Range range = {});
  static Value tuple(std::vector<Value> elements, Range range = {});
  /// Members in any order; of two with one name the last stays.
  static Value object(std::vector<Member> members, Range range = {});
  /// Every element has type `element` already (convert() does that).
  static Value list(Type element, std::vector<Value> elements, Range range = {});
  /// Sorts, and drops what occurs twice.
  static Value set(Type element, std::vector<Value> elements, Range range = {});
  static Value map(Type element, std::vector<Member> members, Range range = {});

  Kind kind() const { return kind_; }
  Type type() const;
  /// Where the expression that gave this value stands; without a file for values that a program made.
  Range range() const { return range_; }
  /// The same value as if it came from `range`.
  Value at(Range range) const;

  bool is_null() const { return state_ == State::null; }
  bool is_unknown() const { return state_ == State::unknown; }
  bool is_known() const { return state_ != State::unknown; }  ///< this value; its elements may be unknown
  bool wholly_known() const;                                  ///< elements too

  bool is(Kind kind) const { return kind_ == kind && state_ == State::known; }
  bool as_boolean() const;
  const Number& as_number() const;
  const std::string& as_string() const;
  /// Of list, set and tuple.
  std::span<const Value> elements() const;
  /// Of map and object, sorted by name (bytewise); `Member::name_range` gives the order in the source.
  std::span<const Member> members() const;
  /// Of map and object; null if there is none of that name. Lives as long as this value.
  const Value* find(std::string_view name) const;

  /// About how much work it is to walk all of it: 1 and a little for a string, and that of the elements; no more than
  /// 2^32 - 1.
  std::uint32_t weight() const { return weight_; }

  /// Identical types and equal contents (spec.md "Values and Value Types"); unknown equals unknown of one type.
  bool operator==(const Value& other) const;
  /// A total order over values of any type, the one in which sets are kept: numbers by size, strings bytewise.
  static std::strong_ordering order(const Value& a, const Value& b);

  /// For messages: "the string 'abc'", "the number 5", "null", "an object", "a list of string".
  std::string describe() const;

 private:
  enum class State : std::uint8_t { known, null, unknown };
  using Elements = std::vector<Value>;
  using Members = std::vector<Member>;

  Value(Kind kind, State state, Range range) : kind_(kind), state_(state), range_(range) {}
  void contain(const Value& element);
  static Value sequence(Kind kind, Type element, Elements elements, Range range);
  static Value mapping(Kind kind, Type element, Members members, Range range);

  Kind kind_ = Kind::dynamic;
  State state_ = State::null;
  std::uint16_t depth_ = 1;
  std::uint32_t weight_ = 1;
  Range range_;
  Type type_;  // of null and unknown the whole type, of list, set and map the element's
  std::variant<std::monostate, bool, std::shared_ptr<const Number>, std::shared_ptr<const std::string>,
               std::shared_ptr<const Elements>, std::shared_ptr<const Members>>
      data_;
};

/// One entry of an object or a map.
struct Member {
  std::string name;
  Value value;
  Range name_range = {};
};

/// `value` as `type`, by spec.md "Type Conversions"; keeps the place. A null or unknown becomes one of that type;
/// dynamic inside `type` stands for "any one type" (list(dynamic) unifies the elements).
/// Throws invalid, naming what was wanted and what is there ("element 2: a number is required, not the string 'x'").
Value convert(const Value& value, const Type& type);

/// Whether convert() of some value of type `from` may work, and whether it always does and loses nothing.
enum class Conversion { none, unsafe, safe };
Conversion conversion(const Type& from, const Type& to);

}  // namespace hcl
