#pragma once

#include <cstdint>
#include <vector>

#include "core/hcl/diagnostics.h"
#include "core/hcl/source.h"

namespace hcl {

enum class TokenKind : std::uint8_t {
  end,
  newline,
  comment,  // without the line break that ends it
  identifier,
  number,
  open_quote,
  close_quote,
  unterminated_quote,  // empty, where the line ends before the closing quote
  quoted_text,         // between quotes, escapes and all
  open_heredoc,        // with marker and line break
  close_heredoc,       // the marker, with the blanks in front of it
  heredoc_text,        // at most one line, with its line break; also the text of a bare template
  interpolation,       // ${ or ${~
  directive,           // %{ or %{~
  close_template,      // } or ~}
  open_brace,
  close_brace,
  open_bracket,
  close_bracket,
  open_paren,
  close_paren,
  dot,
  ellipsis,
  comma,
  colon,
  question,
  assign,
  fat_arrow,
  plus,
  minus,
  star,
  slash,
  percent,
  bang,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  logical_and,
  logical_or,
  invalid,  // a character or a byte that has no meaning; reported
};

struct Token {
  TokenKind kind;
  std::uint32_t begin;
  std::uint32_t end;
};

enum class LexerStart { configuration, bare_template };

/// All tokens of `file`; only blanks and tabs lie between them, and the last is `end`. Reports characters without a
/// meaning, invalid UTF-8, NULs and comments without an end. A byte order mark in front is skipped with a warning.
std::vector<Token> tokenize(const File& file, Diagnostics& diagnostics, LexerStart start = LexerStart::configuration);

}  // namespace hcl
