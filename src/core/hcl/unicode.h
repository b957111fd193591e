#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hcl {

struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;  ///< bytes; 0 where the text is not valid UTF-8 or ends
};

/// The code point at the start of `text`.
CodePoint decode(std::string_view text);
void append_utf8(std::string& out, char32_t value);

/// UAX #31's ID_Start and ID_Continue.
bool is_id_start(char32_t c);
bool is_id_continue(char32_t c);
/// Property White_Space.
bool is_space(char32_t c);

/// Bytes of the first character as a person counts: a code point with the marks, joiners and modifiers after it. 1 for
/// a byte that is not UTF-8; 0 for no text. (UAX #29's extended grapheme clusters, without the rules for Indic
/// conjuncts and prepended marks.)
std::size_t character_length(std::string_view text);
std::size_t character_count(std::string_view text);

/// Cells of a terminal that a code point fills: 0, 1, or 2 for East-Asian wide ones.
int cell_width(char32_t c);

/// Unicode's normalization form C (UAX #15). Bytes that are not UTF-8 stay as they are.
std::string nfc(std::string text);

/// One code point for one code point, without language rules.
char32_t upper(char32_t c);
char32_t lower(char32_t c);

}  // namespace hcl
