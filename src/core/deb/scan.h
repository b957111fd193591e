#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace deb {

/// "what line 3: text", Kind::invalid: how every parser of this room complains.
inline base::Error problem(std::string_view what, std::size_t line, const std::string& text) {
  return base::Error(base::Kind::invalid, std::string(what) + " line " + std::to_string(line) + ": " + text);
}

/// Printable ASCII without blanks, not empty, at most 256 bytes: what a name or version of an archive is at least.
inline bool plain_word(std::string_view text) {
  return !text.empty() && text.size() <= 256 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

/// The whole of `text` as a decimal number; false when it is not one or too large.
template <class Number>
bool to_number(std::string_view text, Number& number) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace deb
