#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hcl {

/// A decimal floating-point number of up to 160 significant digits (about 530 bits; spec.md "Primitive Types" asks for
/// 256), rounded half to even beyond that. So 0.1 + 0.2 is 0.3, and every decimal that people write is exact.
class Number {
 public:
  static constexpr int max_digits = 160;
  /// The decimal point is within this many places of the first digit; beyond it is overflow.
  static constexpr int max_exponent = 10000;

  Number() = default;
  Number(std::int64_t value);  // NOLINT: an integer is a number

  enum class Exponent { refused, allowed };
  /// Digits, optional fraction, optional exponent; a sign in front only where the exponent is refused (a string that is
  /// converted, where the language's own literals have none). nullopt if it is not such a text, overflows, or is an
  /// integer of more than max_digits.
  static std::optional<Number> parse(std::string_view text, Exponent exponent);
  /// nullopt for infinities and not-a-number.
  static std::optional<Number> from_double(double value);

  bool is_zero() const { return limbs_.empty(); }
  bool is_negative() const { return negative_; }
  bool is_integer() const { return exponent_ >= 0; }
  /// nullopt unless it is an integer that fits.
  std::optional<std::int64_t> to_int64() const;
  double to_double() const;
  /// Plain decimal digits at full precision, never an exponent: "-12.5".
  std::string text() const;

  Number negated() const;
  Number floor() const;
  Number ceil() const;

  /// nullopt on overflow, and for a division by zero.
  static std::optional<Number> add(const Number& a, const Number& b);
  static std::optional<Number> subtract(const Number& a, const Number& b) { return add(a, b.negated()); }
  static std::optional<Number> multiply(const Number& a, const Number& b);
  static std::optional<Number> divide(const Number& a, const Number& b);
  /// What is left after a division rounded towards zero: it has the sign of `a`.
  static std::optional<Number> remainder(const Number& a, const Number& b);

  std::strong_ordering operator<=>(const Number& other) const;
  bool operator==(const Number& other) const = default;

 private:
  using Limbs = std::vector<std::uint32_t>;
  static std::optional<Number> make(bool negative, Limbs limbs, std::int64_t exponent, bool sticky = false);
  int digits() const;

  Limbs limbs_;                // base 10^9, least significant first, no zero on top; empty is zero
  std::int32_t exponent_ = 0;  // value = limbs × 10^exponent; no trailing decimal zero in limbs, so equality is plain
  bool negative_ = false;
};

}  // namespace hcl
