#include "core/hcl/json_text.h"

#include <algorithm>
#include <cstdio>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/hcl/parser.h"
#include "core/hcl/unicode.h"

namespace hcl {
namespace {

void append(std::string& out, const Value& value, std::size_t max_bytes) {
  if (out.size() > max_bytes) throw base::Error(base::Kind::invalid, "the JSON text would be too long");
  if (value.is_null()) {
    out += "null";
    return;
  }
  switch (value.kind()) {
    case Kind::boolean:
      out += value.as_boolean() ? "true" : "false";
      return;
    case Kind::number:
      out += value.as_number().text();
      return;
    case Kind::string:
      append_json_string(out, value.as_string(), Html::safe);
      return;
    case Kind::list:
    case Kind::set:
    case Kind::tuple: {
      out += '[';
      const char* separator = "";
      for (const Value& element : value.elements()) {
        out += separator;
        append(out, element, max_bytes);
        separator = ",";
      }
      out += ']';
      return;
    }
    case Kind::map:
    case Kind::object: {
      out += '{';
      const char* separator = "";
      for (const Member& member : value.members()) {
        out += separator;
        append_json_string(out, member.name, Html::safe);
        out += ':';
        append(out, member.value, max_bytes);
        separator = ",";
      }
      out += '}';
      return;
    }
    case Kind::dynamic:
      out += "null";
  }
}

/// RFC 8259, by recursive descent.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Value whole() {
    Value out = value(0);
    blanks();
    if (at_ < text_.size()) fail("nothing may follow the value");
    return out;
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    std::string_view before = text_.substr(0, at_);
    auto line = std::count(before.begin(), before.end(), '\n') + 1;
    auto column = character_count(before.substr(before.rfind('\n') + 1)) + 1;
    throw base::Error(base::Kind::invalid, "JSON line " + std::to_string(line) + ", column " + std::to_string(column) +
                                               ": " + std::string(what));
  }

  void blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    at_++;
    return true;
  }

  Value value(int depth) {
    if (depth > max_depth) fail("nests deeper than " + std::to_string(max_depth) + " levels");
    blanks();
    switch (peek()) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return Value::string(string());
      case 't':
        return word("true", Value::boolean(true));
      case 'f':
        return word("false", Value::boolean(false));
      case 'n':
        return word("null", Value());
      default:
        return number();
    }
  }

  Value word(std::string_view expected, Value value) {
    if (text_.substr(at_, expected.size()) != expected) fail("expected a value");
    at_ += expected.size();
    return value;
  }

  Value number() {
    std::size_t begin = at_;
    auto digits = [&] {
      std::size_t from = at_;
      while (peek() >= '0' && peek() <= '9') at_++;
      if (at_ == from) fail(from == begin ? "expected a value" : "expected a digit");
      return at_ - from;
    };
    bool negative = take('-');
    bool zero = peek() == '0';
    if (digits() > 1 && zero) fail("a number does not start with 0");
    if (take('.')) digits();
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      digits();
    }
    std::string_view text = text_.substr(begin, at_ - begin);
    if (negative) text.remove_prefix(1);
    auto out = Number::parse(text, Number::Form::literal);
    if (!out) fail("the number is too large");
    return Value::number(negative ? out->negated() : *out);
  }

  char32_t hex4() {
    char32_t out = 0;
    for (int i = 0; i < 4; i++, at_++) {
      char c = peek();
      char32_t digit = c >= '0' && c <= '9'   ? static_cast<char32_t>(c - '0')
                       : c >= 'a' && c <= 'f' ? static_cast<char32_t>(c - 'a' + 10)
                       : c >= 'A' && c <= 'F' ? static_cast<char32_t>(c - 'A' + 10)
                                              : 16;
      if (digit == 16) fail("expected four hexadecimal digits");
      out = out << 4 | digit;
    }
    return out;
  }

  std::string string() {
    at_++;
    std::string out;
    for (;;) {
      CodePoint c = decode(text_.substr(at_));
      if (at_ >= text_.size()) fail("the string does not end");
      if (c.length == 0) fail("the text is not UTF-8");
      if (c.value < 0x20) fail("a control character in a string");
      if (c.value != '\\') {
        at_ += c.length;
        if (c.value == '"') return out;
        append_utf8(out, c.value);
        continue;
      }
      at_++;
      char escape = peek();
      at_++;
      constexpr std::string_view names = "\"\\/bfnrt", characters = "\"\\/\b\f\n\r\t";
      if (auto which = names.find(escape); which != std::string_view::npos) {
        out += characters[which];
      } else if (escape == 'u') {
        char32_t unit = hex4();
        if (unit >= 0xD800 && unit < 0xDC00 && take('\\')) {
          if (!take('u')) fail("half a surrogate pair");
          char32_t low = hex4();
          if (low < 0xDC00 || low >= 0xE000) fail("half a surrogate pair");
          unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        }
        if (unit >= 0xD800 && unit < 0xE000) fail("half a surrogate pair");
        append_utf8(out, unit);
      } else {
        at_--;
        fail("unknown escape");
      }
    }
  }

  Value array(int depth) {
    at_++;
    std::vector<Value> elements;
    blanks();
    if (take(']')) return Value::tuple({});
    for (;;) {
      elements.push_back(value(depth + 1));
      blanks();
      if (take(']')) return Value::tuple(std::move(elements));
      if (!take(',')) fail("expected ',' or ']'");
    }
  }

  Value object(int depth) {
    at_++;
    std::vector<Member> members;
    blanks();
    if (!take('}')) {
      for (;;) {
        blanks();
        if (peek() != '"') fail("expected a key in double quotes");
        std::string name = nfc(string());
        blanks();
        if (!take(':')) fail("expected ':'");
        members.push_back({std::move(name), value(depth + 1)});
        blanks();
        if (take('}')) break;
        if (!take(',')) fail("expected ',' or '}'");
      }
    }
    std::vector<std::string_view> names;
    for (const Member& member : members) names.push_back(member.name);
    std::sort(names.begin(), names.end());
    auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end()) fail("the key " + base::quoted(*twice) + " is given twice");
    return Value::object(std::move(members));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

void append_json_string(std::string& out, std::string_view text, Html html) {
  out += '"';
  while (!text.empty()) {
    CodePoint c = decode(text);
    bool escape =
        c.length > 0 && (c.value < 0x20 || (html == Html::safe && (c.value == '<' || c.value == '>' || c.value == '&' ||
                                                                   c.value == 0x2028 || c.value == 0x2029)));
    if (c.length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (c.value == '"' || c.value == '\\') {
      out += {'\\', text[0]};
    } else if (c.value == '\n' || c.value == '\r' || c.value == '\t') {
      out += c.value == '\n' ? "\\n" : c.value == '\r' ? "\\r" : "\\t";
    } else if (escape) {
      char hex[8];
      std::snprintf(hex, sizeof hex, "\\u%04x", static_cast<unsigned>(c.value));
      out += hex;
    } else {
      out += text.substr(0, c.length);
    }
    text.remove_prefix(std::max<std::size_t>(c.length, 1));
  }
  out += '"';
}

std::string to_json(const Value& value, std::size_t max_bytes) {
  std::string out;
  append(out, value, max_bytes);
  return out;
}

Value from_json(std::string_view text) { return Reader(text).whole(); }

}  // namespace hcl
