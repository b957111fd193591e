#include "core/json/members.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/json/decode.h"

namespace json {
namespace {

/// Where the string that begins at `at` ends: behind its second quote.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (at++; text[at] != '"'; at++)
    if (text[at] == '\\') at++;
  return at + 1;
}

/// Where the value that begins at `at`, within an object, ends: at the ',' or '}' behind it.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  for (int depth = 0;;) {
    switch (text[at]) {
      case '"':
        at = end_of_string(text, at);
        continue;
      case '{':
      case '[':
        depth++;
        break;
      case '}':
      case ']':
        if (depth == 0) return at;
        depth--;
        break;
      case ',':
        if (depth == 0) return at;
    }
    at++;
  }
}

}  // namespace

std::map<std::string, std::string_view> members(std::string_view text, std::string_view what) {
  text = base::trim(text);
  // What follows relies on well-formed text; looking at it makes no tree and does not recurse.
  if (!text.starts_with('{') || !Value::accept(text))
    throw base::Error(base::Kind::invalid, std::string(what) + " is not a JSON object");
  std::map<std::string, std::string_view> out;
  for (std::size_t at = 1;
       (at = text.find_first_not_of(" \t\r\n,", at)) != std::string_view::npos && text[at] == '"';) {
    std::size_t key_end = end_of_string(text, at);
    auto key = Value::parse(text.substr(at, key_end - at)).get<std::string>();
    std::size_t value = text.find(':', key_end) + 1, end = end_of_value(text, value);
    if (!out.emplace(key, base::trim(text.substr(value, end - value))).second)
      throw base::Error(base::Kind::invalid, std::string(what) + " has the key " + base::quoted(key) + " twice");
    at = end;
  }
  return out;
}

}  // namespace json
