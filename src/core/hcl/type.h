#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hcl {

/// `dynamic` is the pseudo-type of what is not yet known (spec.md "Unknown Values and the Dynamic Pseudo-type").
enum class Kind : std::uint8_t { dynamic, boolean, number, string, list, set, map, tuple, object };

/// A type of HCL's information model. Copied freely; immutable.
class Type {
 public:
  Type() = default;  ///< dynamic
  static Type dynamic() { return {}; }
  static Type boolean() { return Type(Kind::boolean); }
  static Type number() { return Type(Kind::number); }
  static Type string() { return Type(Kind::string); }
  static Type list(Type element);
  static Type set(Type element);
  static Type map(Type element);
  static Type tuple(std::vector<Type> elements);
  static Type object(std::map<std::string, Type> attributes);

  Kind kind() const { return kind_; }
  bool is_primitive() const { return kind_ == Kind::boolean || kind_ == Kind::number || kind_ == Kind::string; }
  bool is_sequence() const { return kind_ == Kind::list || kind_ == Kind::set || kind_ == Kind::tuple; }
  bool is_mapping() const { return kind_ == Kind::map || kind_ == Kind::object; }
  /// Of list, set and map; dynamic otherwise.
  Type element() const;
  /// Of a tuple; empty otherwise.
  std::span<const Type> elements() const;
  /// Of an object; empty otherwise.
  const std::map<std::string, Type>& attributes() const;
  /// True if dynamic occurs in it.
  bool has_dynamic() const;

  /// For messages: "string", "list of string", "object", "tuple".
  std::string name() const;
  /// In full, as Terraform's type constraints are written: "object({a=number, b=list(string)})".
  std::string constraint() const;

  bool operator==(const Type& other) const;

 private:
  struct Parts;
  explicit Type(Kind kind, std::shared_ptr<const Parts> parts = nullptr) : kind_(kind), parts_(std::move(parts)) {}

  Kind kind_ = Kind::dynamic;
  std::shared_ptr<const Parts> parts_;
};

/// The most general type that all of `types` convert to, safe conversions preferred (spec.md "Type Unification");
/// nullopt if there is none.
std::optional<Type> unify(std::span<const Type> types);

}  // namespace hcl
