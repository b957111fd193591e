#include "core/hcl/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace hcl {
namespace {

/// Bits of an exponent that arithmetic may reach: a little beyond what max_exponent allows in a literal.
constexpr long max_binary_exponent = 40000;

/// Digits that can matter when a decimal is rounded to a Number; the rest is summed up in one more digit.
constexpr std::size_t max_significant = 1000;

mpz_class power_of_ten(unsigned long exponent) {
  mpz_class out;
  mpz_ui_pow_ui(out.get_mpz_t(), 10, exponent);
  return out;
}

long bits(const mpz_class& value) { return value == 0 ? 0 : static_cast<long>(mpz_sizeinbase(value.get_mpz_t(), 2)); }

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Number::Number(std::int64_t value) {
  static_assert(sizeof(long) == sizeof(std::int64_t));
  *this = *make(mpz_class(static_cast<long>(value)), 0);
}

std::optional<Number> Number::make(mpz_class mantissa, long exponent, bool inexact) {
  Number out;
  if (mantissa == 0) return out;
  if (long excess = bits(mantissa) - precision; excess > 0) {
    bool negative = mantissa < 0;
    mpz_class magnitude = abs(mantissa), lost;
    mpz_fdiv_r_2exp(lost.get_mpz_t(), magnitude.get_mpz_t(), static_cast<unsigned long>(excess));
    magnitude >>= static_cast<unsigned long>(excess);
    exponent += excess;
    mpz_class half = mpz_class(1) << static_cast<unsigned long>(excess - 1);
    int compared = cmp(lost, half);
    bool odd = mpz_odd_p(magnitude.get_mpz_t()) != 0;
    if (compared > 0 || (compared == 0 && (inexact || odd))) magnitude += 1;
    mantissa = negative ? mpz_class(-magnitude) : magnitude;
  }
  auto zeros = mpz_scan1(mantissa.get_mpz_t(), 0);
  mantissa >>= zeros;
  exponent += static_cast<long>(zeros);
  if (std::labs(exponent + bits(mantissa)) > max_binary_exponent) return std::nullopt;
  out.mantissa_ = std::move(mantissa);
  out.exponent_ = static_cast<std::int32_t>(exponent);
  return out;
}

/// a / b × 2^exponent.
std::optional<Number> Number::quotient(mpz_class a, mpz_class b, long exponent) {
  if (b == 0) return std::nullopt;
  if (b < 0) {
    a = -a;
    b = -b;
  }
  long shift = std::max(0L, precision + 2 + bits(b) - bits(a));
  a <<= static_cast<unsigned long>(shift);
  mpz_class result, left;
  mpz_tdiv_qr(result.get_mpz_t(), left.get_mpz_t(), a.get_mpz_t(), b.get_mpz_t());
  return make(std::move(result), exponent - shift, left != 0);
}

std::optional<Number> Number::from_decimal(const mpz_class& digits, long exponent) {
  if (exponent < 0) return quotient(digits, power_of_ten(static_cast<unsigned long>(-exponent)), 0);
  return make(mpz_class(digits * power_of_ten(static_cast<unsigned long>(exponent))), 0);
}

std::optional<Number> Number::parse(std::string_view text, Form form) {
  bool negative = false;
  if (form == Form::text && !text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  long exponent = 0;
  if (auto mark = text.find_first_of("eE"); mark != std::string_view::npos) {
    std::string_view written = text.substr(mark + 1);
    text = text.substr(0, mark);
    bool minus = written.starts_with('-');
    if (minus || written.starts_with('+')) written.remove_prefix(1);
    if (!all_digits(written)) return std::nullopt;
    while (written.size() > 1 && written[0] == '0') written.remove_prefix(1);
    if (written.size() > 6) return std::nullopt;
    exponent = std::stol(std::string(written)) * (minus ? -1 : 1);
  }
  auto dot = text.find('.');
  std::string_view whole = text.substr(0, dot);
  std::string_view fraction = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  if (!all_digits(whole) || (dot != std::string_view::npos && !all_digits(fraction))) return std::nullopt;

  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  std::string digits;
  digits.append(whole).append(fraction);
  exponent -= static_cast<long>(fraction.size());
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return Number();
  long magnitude = static_cast<long>(digits.size()) + exponent;
  if (std::labs(magnitude) > max_exponent) return std::nullopt;
  bool integer = exponent >= 0;
  if (digits.size() > max_significant) {
    bool rest = digits.find_first_not_of('0', max_significant) != std::string::npos;
    exponent += static_cast<long>(digits.size() - max_significant) - 1;
    digits.resize(max_significant);
    digits += rest ? '1' : '0';
  }
  mpz_class value(digits, 10);
  auto out = from_decimal(value, exponent);
  if (!out) return std::nullopt;
  if (integer) {
    mpz_class exact = value * power_of_ten(static_cast<unsigned long>(std::max(0L, exponent)));
    if (exponent < 0 || (out->mantissa_ << static_cast<unsigned long>(out->exponent_)) != exact) return std::nullopt;
  }
  return negative ? out->negated() : *out;
}

std::optional<Number> Number::from_double(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  char text[32];
  auto written = std::to_chars(text, text + sizeof text, std::abs(value));
  auto out = parse(std::string_view(text, static_cast<std::size_t>(written.ptr - text)), Form::literal);
  return out && value < 0 ? out->negated() : out;
}

std::optional<std::int64_t> Number::to_int64() const {
  if (!is_integer() || exponent_ > 63) return std::nullopt;
  mpz_class value = mantissa_ << static_cast<unsigned long>(exponent_);
  if (!value.fits_slong_p()) return std::nullopt;
  return value.get_si();
}

double Number::to_double() const {
  long exponent = 0;
  double fraction = mpz_get_d_2exp(&exponent, mantissa_.get_mpz_t());
  return std::ldexp(fraction, static_cast<int>(exponent + exponent_));
}

long Number::magnitude() const {
  return static_cast<long>(std::floor(static_cast<double>(bits(mantissa_) + exponent_ - 1) * 0.30102999566398));
}

mpz_class Number::scaled(long power) const {
  mpz_class over = abs(mantissa_), under = 1;
  (exponent_ >= 0 ? over : under) <<= static_cast<unsigned long>(std::abs(exponent_));
  (power >= 0 ? under : over) *= power_of_ten(static_cast<unsigned long>(std::labs(power)));
  mpz_class out, left;
  mpz_tdiv_qr(out.get_mpz_t(), left.get_mpz_t(), over.get_mpz_t(), under.get_mpz_t());
  int compared = cmp(mpz_class(2 * left), under);
  if (compared > 0 || (compared == 0 && mpz_odd_p(out.get_mpz_t()) != 0)) out += 1;
  return out;
}

namespace {

Number::Decimal to_decimal(const mpz_class& value, long power) {
  Number::Decimal out{value.get_str(), 0};
  out.point = static_cast<long>(out.digits.size()) + power;
  while (out.digits.ends_with('0')) out.digits.pop_back();
  return out;
}

}  // namespace

Number::Decimal Number::shortest() const {
  if (is_zero()) return {};
  if (is_integer() && bits(mantissa_) + exponent_ <= precision) return to_decimal(scaled(0), 0);
  Number positive = is_negative() ? negated() : *this;
  // More digits never read back worse, so the fewest that do are found by halving.
  long least = 0, enough = 160, leading = magnitude();
  while (least < enough) {
    long middle = (least + enough) / 2;
    auto back = from_decimal(scaled(leading - middle), leading - middle);
    if (back && *back == positive) {
      enough = middle;
    } else {
      least = middle + 1;
    }
  }
  return to_decimal(scaled(leading - enough), leading - enough);
}

Number::Decimal Number::rounded(int count) const {
  if (is_zero()) return {};
  long power = magnitude() + 1 - count;
  mpz_class value = scaled(power);
  if (mpz_class limit = power_of_ten(static_cast<unsigned long>(count)); value >= limit) {
    value = scaled(++power);  // magnitude() was one too low
  }
  return to_decimal(value, power);
}

std::string Number::text() const {
  Decimal decimal = shortest();
  long places = static_cast<long>(decimal.digits.size()) - decimal.point;
  std::string out = std::move(decimal.digits);
  if (out.empty()) return "0";
  if (places <= 0) {
    out.append(static_cast<std::size_t>(-places), '0');
  } else {
    std::size_t after = static_cast<std::size_t>(places);
    if (out.size() <= after) out.insert(0, after + 1 - out.size(), '0');
    out.insert(out.size() - after, 1, '.');
  }
  return is_negative() ? "-" + out : out;
}

std::string Number::fixed(int places) const {
  std::string out = scaled(-places).get_str();
  std::size_t after = static_cast<std::size_t>(places);
  if (out.size() <= after) out.insert(0, after + 1 - out.size(), '0');
  if (after > 0) out.insert(out.size() - after, 1, '.');
  return is_negative() ? "-" + out : out;
}

std::string Number::integer_text(int base) const {
  if (!is_integer()) return {};
  return mpz_class(mantissa_ << static_cast<unsigned long>(exponent_)).get_str(base);
}

std::optional<Number> Number::parse_integer(std::string_view text, int base) {
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::string digits;
  for (char c : text) {
    bool small = c >= 'a' && c <= 'z', capital = c >= 'A' && c <= 'Z';
    if (!small && !capital && !(c >= '0' && c <= '9')) return std::nullopt;
    // GMP has the capitals first.
    digits += base <= 36 || (!small && !capital) ? c : static_cast<char>(small ? c - 'a' + 'A' : c - 'A' + 'a');
  }
  mpz_class value;
  if (digits.empty() || digits.size() > precision || value.set_str(digits, base) != 0) return std::nullopt;
  auto out = make(value, 0);
  if (!out || bits(value) > precision) return std::nullopt;
  return negative ? out->negated() : *out;
}

Number Number::negated() const {
  Number out = *this;
  out.mantissa_ = -out.mantissa_;
  return out;
}

Number Number::floor() const {
  if (is_integer()) return *this;
  mpz_class out;
  mpz_fdiv_q_2exp(out.get_mpz_t(), mantissa_.get_mpz_t(), static_cast<unsigned long>(-exponent_));
  return *make(std::move(out), 0);
}

Number Number::ceil() const { return negated().floor().negated(); }

std::optional<Number> Number::add(const Number& a, const Number& b) {
  if (a.is_zero()) return b;
  if (b.is_zero()) return a;
  const Number& high = a.exponent_ >= b.exponent_ ? a : b;
  const Number& low = a.exponent_ >= b.exponent_ ? b : a;
  // Exponents are bounded by max_binary_exponent, so the exact sum is affordable.
  mpz_class sum = (high.mantissa_ << static_cast<unsigned long>(high.exponent_ - low.exponent_)) + low.mantissa_;
  return make(std::move(sum), low.exponent_);
}

std::optional<Number> Number::multiply(const Number& a, const Number& b) {
  return make(mpz_class(a.mantissa_ * b.mantissa_), long{a.exponent_} + b.exponent_);
}

std::optional<Number> Number::divide(const Number& a, const Number& b) {
  return quotient(a.mantissa_, b.mantissa_, long{a.exponent_} - b.exponent_);
}

std::optional<Number> Number::remainder(const Number& a, const Number& b) {
  auto ratio = divide(a, b);
  if (!ratio) return std::nullopt;
  auto whole = multiply(ratio->truncated(), b);
  return whole ? subtract(a, *whole) : std::nullopt;
}

std::strong_ordering Number::operator<=>(const Number& other) const {
  std::int32_t low = std::min(exponent_, other.exponent_);
  auto scaled = [&](const Number& n) {
    return mpz_class(n.mantissa_ << static_cast<unsigned long>(n.exponent_ - low));
  };
  return cmp(scaled(*this), scaled(other)) <=> 0;
}

}  // namespace hcl
