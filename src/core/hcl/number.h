#pragma once

#include <gmpxx.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hcl {

/// A binary floating-point number with a mantissa of 512 bits, rounded half to even (spec.md "Primitive Types" asks for
/// 256 at least; upstream has 512, so results agree to the last digit). There are no infinities: overflow is an error.
class Number {
 public:
  static constexpr int precision = 512;
  /// Larger decimal exponents, of either sign, are refused.
  static constexpr int max_exponent = 10000;

  Number() = default;
  Number(std::int64_t value);  // NOLINT: an integer is a number

  enum class Form { literal, text };
  /// Digits, optional fraction, optional exponent. A `text` that is converted to a number may have a sign in front.
  /// nullopt if it is not of that form, is out of range, or is an integer that cannot be represented exactly.
  static std::optional<Number> parse(std::string_view text, Form form);
  /// The shortest decimal that reads back as `value`; nullopt for infinities and not-a-number.
  static std::optional<Number> from_double(double value);

  bool is_zero() const { return mantissa_ == 0; }
  bool is_negative() const { return mantissa_ < 0; }
  bool is_integer() const { return exponent_ >= 0; }
  /// nullopt unless it is an integer that fits.
  std::optional<std::int64_t> to_int64() const;
  /// Infinite if it is out of a double's range.
  double to_double() const;
  /// Decimal digits without an exponent ("-12.5"): the fewest that read back as the same number.
  std::string text() const;

  /// ±0.DIGITS × 10^point, without zeros at the end; no digits for zero.
  struct Decimal {
    std::string digits;
    long point = 0;
  };
  /// The fewest digits that read back as the same number; the sign is left out.
  Decimal shortest() const;
  /// Rounded half to even to `count` > 0 digits; the sign is left out.
  Decimal rounded(int count) const;
  /// "-12.50": rounded half to even to `places` after the point.
  std::string fixed(int places) const;
  /// Digits of an integer in base 2 to 36, small letters; "" if it is none.
  std::string integer_text(int base) const;
  /// An integer in base 2 to 62 with an optional sign; above 36 small letters come before capitals. nullopt as parse().
  static std::optional<Number> parse_integer(std::string_view text, int base);

  Number negated() const;
  Number floor() const;
  Number ceil() const;
  Number truncated() const { return is_negative() ? ceil() : floor(); }

  /// nullopt on overflow, and for a division by zero.
  static std::optional<Number> add(const Number& a, const Number& b);
  static std::optional<Number> subtract(const Number& a, const Number& b) { return add(a, b.negated()); }
  static std::optional<Number> multiply(const Number& a, const Number& b);
  static std::optional<Number> divide(const Number& a, const Number& b);
  /// What is left after a division rounded towards zero: it has the sign of `a`.
  static std::optional<Number> remainder(const Number& a, const Number& b);

  std::strong_ordering operator<=>(const Number& other) const;
  bool operator==(const Number& other) const { return exponent_ == other.exponent_ && mantissa_ == other.mantissa_; }

 private:
  /// mantissa × 2^exponent, rounded; `inexact` says that a little of the same sign is missing.
  static std::optional<Number> make(mpz_class mantissa, long exponent, bool inexact = false);
  static std::optional<Number> quotient(mpz_class a, mpz_class b, long exponent);
  static std::optional<Number> from_decimal(const mpz_class& digits, long exponent);
  /// |this| / 10^power, rounded half to even.
  mpz_class scaled(long power) const;
  /// 10^result <= |this| < 10^(result + 1), give or take one. Not for zero.
  long magnitude() const;

  mpz_class mantissa_;  // odd, or 0 with exponent 0: equal numbers have equal parts
  std::int32_t exponent_ = 0;
};

}  // namespace hcl
