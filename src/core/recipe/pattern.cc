#include <cstdint>
#include <optional>

#include "core/recipe/recipe.h"
#include "core/recipe/source_index.h"

namespace recipe {
namespace {

struct Rune {
  char32_t value;
  std::size_t size;
};

/// The character at the start of a non-empty `text`; a byte that is not UTF-8 counts as one character.
Rune first_rune(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t size = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  if (size == 1 || size > text.size()) return {lead, 1};
  char32_t value = lead & (0x7f >> size);
  for (std::size_t i = 1; i < size; ++i) value = (value << 6) | (byte(i) & 0x3f);
  return {value, size};
}

/// One end of a range in a set, moving `pattern` past it; nullopt when the pattern is malformed there.
std::optional<char32_t> set_character(std::string_view& pattern) {
  if (pattern.empty() || pattern.front() == '-' || pattern.front() == ']') return std::nullopt;
  if (pattern.front() == '\\') {
    pattern.remove_prefix(1);
    if (pattern.empty()) return std::nullopt;
  }
  const Rune rune = first_rune(pattern);
  pattern.remove_prefix(rune.size);
  return rune.value;
}

/// A set "[…]" at the start of `pattern`, which moves past it. Whether it holds `value`; nullopt when malformed.
std::optional<bool> match_set(std::string_view& pattern, char32_t value) {
  pattern.remove_prefix(1);
  const bool negated = !pattern.empty() && pattern.front() == '^';
  if (negated) pattern.remove_prefix(1);
  bool found = false;
  for (bool any = false;; any = true) {
    if (any && !pattern.empty() && pattern.front() == ']') break;
    const auto low = set_character(pattern);
    if (!low) return std::nullopt;
    auto high = low;
    if (!pattern.empty() && pattern.front() == '-') {
      pattern.remove_prefix(1);
      high = set_character(pattern);
      if (!high) return std::nullopt;
    }
    if (*low <= value && value <= *high) found = true;
  }
  pattern.remove_prefix(1);
  return found != negated;
}

/// Matches one pattern element other than '*' against the start of a non-empty `text`; both move past what matched.
bool match_one(std::string_view& pattern, std::string_view& text) {
  const Rune rune = first_rune(text);
  if (pattern.front() == '[') {
    const auto in_set = match_set(pattern, rune.value);
    if (!in_set || !*in_set) return false;
    text.remove_prefix(rune.size);
    return true;
  }
  if (pattern.front() == '?') {
    if (rune.value == U'/') return false;
    pattern.remove_prefix(1);
    text.remove_prefix(rune.size);
    return true;
  }
  if (pattern.front() == '\\') pattern.remove_prefix(1);
  if (pattern.empty() || pattern.front() != text.front()) return false;
  pattern.remove_prefix(1);
  text.remove_prefix(1);
  return true;
}

}  // namespace

bool matches(std::string_view pattern, std::string_view text, std::uint64_t& steps) {
  // Only the last '*' is ever extended: what an earlier one could take besides, this one can take as well.
  std::optional<std::string_view> after_star;
  std::string_view star_end;
  for (;; ++steps) {
    if (!pattern.empty() && pattern.front() == '*') {
      pattern.remove_prefix(1);
      after_star = pattern;
      star_end = text;
      continue;
    }
    if (pattern.empty() && text.empty()) return true;
    if (!pattern.empty() && !text.empty() && match_one(pattern, text)) continue;
    if (!after_star || star_end.empty() || star_end.front() == '/') return false;
    star_end.remove_prefix(1);
    pattern = *after_star;
    text = star_end;
  }
}

bool matches(std::string_view pattern, std::string_view text) {
  std::uint64_t steps = 0;
  return matches(pattern, text, steps);
}

std::string pattern_problem(std::string_view pattern) {
  while (!pattern.empty()) {
    if (pattern.front() == '[') {
      const std::string_view set = pattern;
      if (!match_set(pattern, 0)) {
        return set.find(']') == std::string_view::npos ? "a '[' without its ']'" : "a set that cannot be read";
      }
      continue;
    }
    if (pattern.front() == '\\') {
      pattern.remove_prefix(1);
      if (pattern.empty()) return "a '\\' at the end";
    }
    pattern.remove_prefix(1);
  }
  return "";
}

}  // namespace recipe
