#include <algorithm>
#include <optional>

#include "core/base/text.h"
#include "core/hcl/json_text.h"
#include "core/hcl/standard_functions.h"
#include "core/hcl/unicode.h"

namespace hcl {
namespace {

/// What stands between % and the letter: flags, width, precision, [index].
struct Verb {
  std::string_view text;  // all of it, for messages
  char letter = 0;
  bool plus = false, minus = false, zero = false, sharp = false, space = false;
  std::optional<int> width, precision;
  std::optional<std::size_t> index;  // from 1
};

base::Error invalid(std::string message) { return base::Error(base::Kind::invalid, std::move(message)); }

class Formatter {
 public:
  Formatter(std::string_view pattern, std::span<const Value> values, Budget& budget)
      : rest_(pattern), values_(values), budget_(budget) {}

  std::string run() {
    for (;;) {
      auto percent = rest_.find('%');
      out_ += rest_.substr(0, percent);
      if (percent == std::string_view::npos) break;
      rest_.remove_prefix(percent);
      if (rest_.starts_with("%%")) {
        out_ += '%';
        rest_.remove_prefix(2);
        continue;
      }
      Verb verb = parse();
      std::size_t index = verb.index.value_or(next_);
      if (index == 0 || index > values_.size()) {
        throw invalid(base::quoted(verb.text) + " asks for value " + std::to_string(index) + ", and there are " +
                      std::to_string(values_.size()));
      }
      next_ = index + 1;
      used_ = std::max(used_, index);
      append(verb, values_[index - 1]);
      budget_.fits_string(out_.size());
    }
    if (used_ < values_.size()) {
      throw invalid(std::to_string(values_.size()) + " values are given, and the format uses " + std::to_string(used_));
    }
    budget_.string(out_.size());
    return std::move(out_);
  }

 private:
  std::optional<int> number(std::size_t& at) {
    std::size_t begin = at;
    while (at < rest_.size() && rest_[at] >= '0' && rest_[at] <= '9') at++;
    if (at == begin) return std::nullopt;
    if (at - begin > 7) throw invalid("the number in " + base::quoted(rest_.substr(0, at)) + " is too large");
    return std::stoi(std::string(rest_.substr(begin, at - begin)));
  }

  Verb parse() {
    Verb out;
    std::size_t at = 1;
    for (bool flags = true; flags && at < rest_.size();) {
      switch (rest_[at]) {
        case '+':
          out.plus = true;
          break;
        case '-':
          out.minus = true;
          break;
        case '0':
          out.zero = true;
          break;
        case '#':
          out.sharp = true;
          break;
        case ' ':
          out.space = true;
          break;
        default:
          flags = false;
          continue;
      }
      at++;
    }
    out.width = number(at);
    if (at < rest_.size() && rest_[at] == '.') {
      at++;
      out.precision = number(at);
      if (!out.precision) throw invalid("a number is expected after the '.' of " + base::quoted(rest_.substr(0, at)));
    }
    if (at < rest_.size() && rest_[at] == '[') {
      at++;
      auto index = number(at);
      if (!index || at == rest_.size() || rest_[at] != ']') {
        throw invalid("an index is written [1], unlike " + base::quoted(rest_.substr(0, at)));
      }
      out.index = static_cast<std::size_t>(*index);
      at++;
    }
    if (at == rest_.size()) throw invalid(base::quoted(rest_) + " lacks its letter; a % sign is written %%");
    out.letter = rest_[at];
    out.text = rest_.substr(0, at + 1);
    constexpr std::string_view letters = "vtbdoxXeEfgGsq";
    if (letters.find(out.letter) == std::string_view::npos) {
      throw invalid(base::quoted(rest_.substr(0, at + std::max<std::size_t>(1, character_length(rest_.substr(at))))) +
                    " is not a verb; there are %v %s %q %d %b %o %x %X %f %e %E %g %G %t, and %% for a % sign");
    }
    rest_.remove_prefix(at + 1);
    return out;
  }

  template <class T>
  static Value as(const Verb& verb, const Value& value, const T& type) {
    try {
      return convert(value, type);
    } catch (const base::Error& error) {
      throw invalid(base::quoted(verb.text) + ": " + error.message());
    }
  }

  void append(const Verb& verb, const Value& value) {
    if (value.is_null() && verb.letter != 'v') throw invalid(base::quoted(verb.text) + " cannot show null");
    switch (verb.letter) {
      case 'v':
        if (!verb.sharp && value.is(Kind::string)) return pad(verb, value.as_string());
        if (!verb.sharp && value.is(Kind::number)) return pad(verb, general(value.as_number(), std::nullopt, 'e'));
        return pad(verb, to_json(value));
      case 't':
        out_ += as(verb, value, Type::boolean()).as_boolean() ? "true" : "false";
        return;
      case 's':
      case 'q': {
        std::string text = as(verb, value, Type::string()).as_string();
        if (verb.precision && *verb.precision > 0) text = shortened(text, static_cast<std::size_t>(*verb.precision));
        if (verb.letter == 's') return pad(verb, text);
        std::string quoted;
        append_json_string(quoted, text, Html::safe);
        return pad(verb, quoted);
      }
      default:
        return append_number(verb, as(verb, value, Type::number()).as_number());
    }
  }

  static std::string shortened(std::string_view text, std::size_t count) {
    std::size_t end = 0;
    for (; count > 0 && end < text.size(); count--) end += character_length(text.substr(end));
    return std::string(text.substr(0, end));
  }

  void pad(const Verb& verb, const std::string& text) {
    std::size_t width = static_cast<std::size_t>(verb.width.value_or(0)), count = character_count(text);
    std::string padding;
    if (width > count) {
      budget_.fits_string(width);
      padding.assign(width - count, verb.zero ? '0' : ' ');
    }
    out_ += verb.minus ? text + padding : padding + text;
  }

  void append_number(const Verb& verb, const Number& number) {
    budget_.fits_string(static_cast<std::uint64_t>(verb.precision.value_or(0)));
    std::string digits = magnitude(verb, number.is_negative() ? number.negated() : number);
    std::string sign = number.is_negative() ? "-" : verb.plus ? "+" : verb.space ? " " : "";
    if (verb.sharp && verb.letter == 'o') sign += "0";
    if (verb.sharp && (verb.letter == 'x' || verb.letter == 'X')) sign += verb.letter == 'x' ? "0x" : "0X";
    if (verb.sharp && verb.letter == 'b') sign += "0b";
    std::size_t width = static_cast<std::size_t>(verb.width.value_or(0)), count = sign.size() + digits.size();
    std::size_t missing = width > count ? width - count : 0;
    budget_.fits_string(missing);
    if (verb.minus) {
      out_ += sign + digits + std::string(missing, ' ');
    } else if (verb.zero) {
      out_ += sign + std::string(missing, '0') + digits;
    } else {
      out_ += std::string(missing, ' ') + sign + digits;
    }
  }

  static std::string magnitude(const Verb& verb, const Number& number) {
    switch (verb.letter) {
      case 'f':
        return number.fixed(verb.precision.value_or(6));
      case 'e':
      case 'E':
        return scientific(number.rounded(verb.precision.value_or(6) + 1), verb.precision.value_or(6), verb.letter);
      case 'g':
      case 'G':
        return general(number, verb.precision, verb.letter == 'g' ? 'e' : 'E');
      default: {
        int base = verb.letter == 'b' ? 2 : verb.letter == 'o' ? 8 : verb.letter == 'd' ? 10 : 16;
        std::string out = number.integer_text(base);
        if (out.empty()) throw invalid(base::quoted(verb.text) + " needs a whole number, not " + number.text());
        if (verb.letter == 'X')
          std::transform(out.begin(), out.end(), out.begin(),
                         [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
        std::size_t least = static_cast<std::size_t>(verb.precision.value_or(0));
        return out.size() < least ? std::string(least - out.size(), '0') + out : out;
      }
    }
  }

  /// d.ddde±xx
  static std::string scientific(Number::Decimal decimal, int places, char letter) {
    bool zero = decimal.digits.empty();
    decimal.digits.resize(static_cast<std::size_t>(places) + 1, '0');
    std::string out = decimal.digits.substr(0, 1);
    if (places > 0) out += "." + decimal.digits.substr(1);
    long exponent = zero ? 0 : decimal.point - 1;
    std::string written = std::to_string(std::labs(exponent));
    return out + letter + (exponent < 0 ? "-" : "+") + (written.size() < 2 ? "0" : "") + written;
  }

  /// %g: the fewest digits or `precision` of them; with an exponent if that is below -4 or beyond the digits.
  static std::string general(const Number& number, std::optional<int> precision, char letter) {
    int wanted = precision ? std::max(1, *precision) : 0;
    Number::Decimal decimal = precision ? number.rounded(wanted) : number.shortest();
    long count = static_cast<long>(decimal.digits.size());
    long limit = precision ? wanted : 6;
    if (precision && limit > count && count >= decimal.point) limit = count;
    long exponent = decimal.digits.empty() ? 0 : decimal.point - 1;
    std::string sign = number.is_negative() ? "-" : "";
    if (exponent < -4 || exponent >= std::max(limit, 1L)) {
      return sign + scientific(decimal, static_cast<int>(std::max(count, 1L)) - 1, letter);
    }
    std::string out = decimal.digits.empty() ? "0" : decimal.digits;
    if (decimal.point <= 0 && !decimal.digits.empty()) {
      out = "0." + std::string(static_cast<std::size_t>(-decimal.point), '0') + out;
    } else if (decimal.point > 0 && decimal.point < count) {
      out.insert(static_cast<std::size_t>(decimal.point), 1, '.');
    } else if (decimal.point > count) {
      out.append(static_cast<std::size_t>(decimal.point - count), '0');
    }
    return sign + out;
  }

  std::string_view rest_;
  std::span<const Value> values_;
  Budget& budget_;
  std::string out_;
  std::size_t next_ = 1, used_ = 0;
};

}  // namespace

std::string format_values(const std::string& pattern, std::span<const Value> values, Budget& budget) {
  return Formatter(pattern, values, budget).run();
}

}  // namespace hcl
