#include "core/hcl/string_literal.h"

#include <algorithm>
#include <optional>

#include "core/base/text.h"
#include "core/hcl/unicode.h"

namespace hcl {
namespace {

std::optional<char32_t> hexadecimal(std::string_view digits, std::size_t count) {
  if (digits.size() < count) return std::nullopt;
  char32_t out = 0;
  for (char c : digits.substr(0, count)) {
    char32_t digit = c >= '0' && c <= '9'   ? static_cast<char32_t>(c - '0')
                     : c >= 'a' && c <= 'f' ? static_cast<char32_t>(c - 'a' + 10)
                     : c >= 'A' && c <= 'F' ? static_cast<char32_t>(c - 'A' + 10)
                                            : 16;
    if (digit == 16) return std::nullopt;
    out = out << 4 | digit;
  }
  return out;
}

}  // namespace

bool is_plain(std::string_view text, Quoting quoting) {
  return std::none_of(text.begin(), text.end(),
                      [&](char c) { return c == '$' || c == '%' || (c == '\\' && quoting == Quoting::quoted); });
}

std::string unescape(Range range, Quoting quoting, Diagnostics& diagnostics) {
  std::string_view text = range.text();
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    char c = text[at];
    char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if ((c == '$' || c == '%') && next == c && at + 2 < text.size() && text[at + 2] == '{') {
      out += {c, '{'};
      at += 3;
      continue;
    }
    if (c != '\\' || quoting == Quoting::heredoc) {
      out += c;
      at++;
      continue;
    }
    auto bad = [&](std::size_t length, std::string summary, std::string detail) {
      auto begin = range.begin + static_cast<std::uint32_t>(at);
      length = std::min(length, text.size() - at);
      diagnostics.error({range.file, begin, begin + static_cast<std::uint32_t>(length)}, std::move(summary),
                        std::move(detail));
      at += length;
    };
    constexpr std::string_view names = "nrt\"\\", characters = "\n\r\t\"\\";
    if (auto which = names.find(next); next != '\0' && which != std::string_view::npos) {
      out += characters[which];
      at += 2;
    } else if (next == 'u' || next == 'U') {
      std::size_t count = next == 'u' ? 4 : 8;
      auto value = hexadecimal(text.substr(at + 2), count);
      if (!value) {
        bad(2,
            base::quoted(text.substr(at, 2)) + " is not followed by " + std::to_string(count) + " hexadecimal digits",
            next == 'u' ? "as in \\u00e9" : "as in \\U0001f980");
      } else if (*value > 0x10FFFF || (*value >= 0xD800 && *value < 0xE000)) {
        bad(2 + count, base::quoted(text.substr(at, 2 + count)) + " is not a character",
            *value < 0xE000 ? "write the whole character with \\U and eight digits" : "the last one is \\U0010ffff");
      } else {
        append_utf8(out, *value);
        at += 2 + count;
      }
    } else {
      std::size_t length = 1 + character_length(text.substr(at + 1));
      bad(length, base::quoted(text.substr(at, length)) + " is not an escape sequence",
          "there are \\n, \\r, \\t, \\\", \\\\, \\uNNNN and \\UNNNNNNNN; write a backslash as \\\\");
    }
  }
  return out;
}

}  // namespace hcl
