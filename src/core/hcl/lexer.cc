#include "core/hcl/lexer.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "core/hcl/unicode.h"

namespace hcl {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

constexpr auto word_bytes = [] {
  std::array<bool, 256> out{};
  for (int c = 0; c < 128; c++) {
    out[static_cast<std::size_t>(c)] =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  }
  return out;
}();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Lexer {
 public:
  Lexer(const File& file, Diagnostics& diagnostics) : file_(file), text_(file.text()), diagnostics_(diagnostics) {
    tokens_.reserve(text_.size() / 4 + 16);
  }

  std::vector<Token> run(LexerStart start) {
    if (text_.starts_with(byte_order_mark)) {
      diagnostics_.warning({&file_, 0, 3}, "the file starts with a byte order mark",
                           "it is ignored; save the file as UTF-8 without one");
      at_ = 3;
    }
    modes_.push_back({start == LexerStart::bare_template ? Mode::bare : Mode::normal});
    while (at_ < text_.size()) {
      switch (modes_.back().kind) {
        case Mode::normal:
          normal();
          break;
        case Mode::quoted:
          quoted();
          break;
        case Mode::heredoc:
          heredoc();
          break;
        case Mode::bare:
          text_line(TokenKind::heredoc_text);
          break;
      }
    }
    if (modes_.back().kind == Mode::quoted) end_quote_early();
    put(TokenKind::end, at_);
    return std::move(tokens_);
  }

 private:
  struct Mode {
    enum Kind { normal, quoted, heredoc, bare } kind;
    std::uint32_t braces = 0;  // open ones, in normal mode
    std::string_view marker = {};
    bool line_start = true;  // nothing but text tokens can follow on this line before the marker is looked for
  };

  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void put(TokenKind kind, std::size_t begin) {
    tokens_.push_back({kind, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)});
  }
  void take(TokenKind kind, std::size_t length) {
    std::size_t begin = at_;
    at_ += length;
    put(kind, begin);
  }

  Range here(std::size_t begin, std::size_t length) const {
    return {&file_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(begin + length)};
  }

  /// Reports a byte or a code point that cannot stand at `at`, and says how long it is.
  std::size_t bad_character(std::size_t at) {
    CodePoint c = decode(text_.substr(at));
    if (c.length == 0) {
      if (!bad_utf8_reported_) {
        diagnostics_.error(here(at, 1), "the file is not UTF-8 text", "save it as UTF-8");
      }
      bad_utf8_reported_ = true;
      return 1;
    }
    if (c.value == 0) {
      if (!nul_reported_) diagnostics_.error(here(at, 1), "a NUL character", "remove it: this must be a text file");
      nul_reported_ = true;
      return 1;
    }
    std::string_view text = text_.substr(at, c.length);
    std::string summary = base::quoted(text) + " has no meaning here", detail;
    std::string_view next = text_.substr(at + c.length, 1);
    switch (c.value) {
      case '\'':
        detail = "strings are written in double quotes";
        break;
      case '`':
        detail = "a text of several lines is written as a heredoc: <<EOT";
        break;
      case ';':
        detail = "arguments end with a line break";
        break;
      case '&':
        detail = "'and' is written &&";
        break;
      case '|':
        detail = "'or' is written ||";
        break;
      case 0x201C:
      case 0x201D:
      case 0x201E:
        detail = "strings are written in straight double quotes: \"";
        break;
      case 0xFEFF:
        summary = "a byte order mark inside the file";
        break;
      case '\r':
        summary = "a carriage return without a line feed";
        detail = "lines end with LF or CR LF";
        break;
      case '$':
      case '%':
        if (next == "{") detail = "outside of a string, write the expression without ${ }";
        break;
      default:
        break;
    }
    diagnostics_.error(here(at, c.length), std::move(summary), std::move(detail));
    return c.length;
  }

  void normal() {
    char c = text_[at_];
    char next = peek(1);
    switch (c) {
      case ' ':
      case '\t':
        at_++;
        return;
      case '\n':
        return take(TokenKind::newline, 1);
      case '\r':
        if (next == '\n') return take(TokenKind::newline, 2);
        break;
      case '#':
        return line_comment();
      case '/':
        if (next == '/') return line_comment();
        if (next == '*') return block_comment();
        return take(TokenKind::slash, 1);
      case '"':
        modes_.push_back({Mode::quoted});
        return take(TokenKind::open_quote, 1);
      case '{':
        modes_.back().braces++;
        return take(TokenKind::open_brace, 1);
      case '}':
        return close_brace(1);
      case '~':
        if (next == '}') return close_brace(2);
        break;
      case '[':
        return take(TokenKind::open_bracket, 1);
      case ']':
        return take(TokenKind::close_bracket, 1);
      case '(':
        return take(TokenKind::open_paren, 1);
      case ')':
        return take(TokenKind::close_paren, 1);
      case '.':
        return next == '.' && peek(2) == '.' ? take(TokenKind::ellipsis, 3) : take(TokenKind::dot, 1);
      case ',':
        return take(TokenKind::comma, 1);
      case ':':
        return take(TokenKind::colon, 1);
      case '?':
        return take(TokenKind::question, 1);
      case '=':
        return next == '='   ? take(TokenKind::equal, 2)
               : next == '>' ? take(TokenKind::fat_arrow, 2)
                             : take(TokenKind::assign, 1);
      case '+':
        return take(TokenKind::plus, 1);
      case '-':
        return take(TokenKind::minus, 1);
      case '*':
        return take(TokenKind::star, 1);
      case '%':
        return take(TokenKind::percent, 1);
      case '!':
        return next == '=' ? take(TokenKind::not_equal, 2) : take(TokenKind::bang, 1);
      case '<':
        if (next == '=') return take(TokenKind::less_equal, 2);
        return next == '<' && open_heredoc() ? void() : take(TokenKind::less, 1);
      case '>':
        return next == '=' ? take(TokenKind::greater_equal, 2) : take(TokenKind::greater, 1);
      case '&':
        if (next == '&') return take(TokenKind::logical_and, 2);
        break;
      case '|':
        if (next == '|') return take(TokenKind::logical_or, 2);
        break;
      default:
        if (is_digit(c)) return number();
        if (std::size_t length = identifier_length(at_)) return take(TokenKind::identifier, length);
        break;
    }
    take(TokenKind::invalid, bad_character(at_));
  }

  /// Identifier = ID_Start (ID_Continue | '-')*, and '_' may start one as well, as upstream has it.
  std::size_t identifier_length(std::size_t begin) const {
    std::size_t at = begin;
    CodePoint first = decode(text_.substr(at));
    if (first.length == 0 || !(is_id_start(first.value) || first.value == '_')) return 0;
    at += first.length;
    while (at < text_.size()) {
      unsigned char c = static_cast<unsigned char>(text_[at]);
      if (word_bytes[c]) {
        at++;
      } else if (c < 0x80) {
        break;
      } else {
        CodePoint next = decode(text_.substr(at));
        if (next.length == 0 || !is_id_continue(next.value)) break;
        at += next.length;
      }
    }
    return at - begin;
  }

  /// NumericLit = decimal+ ("." decimal+)? (expmark decimal+)?
  void number() {
    std::size_t begin = at_;
    auto digits = [&] {
      while (is_digit(peek())) at_++;
    };
    digits();
    if (peek() == '.' && is_digit(peek(1))) {
      at_++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if (is_digit(peek(1 + sign))) {
        at_ += 1 + sign;
        digits();
      }
    }
    put(TokenKind::number, begin);
  }

  void line_comment() {
    std::size_t end = std::min(text_.find('\n', at_), text_.size());
    if (end > at_ && end < text_.size() && text_[end - 1] == '\r') end--;
    check_text(at_, end);
    take(TokenKind::comment, end - at_);
  }

  void block_comment() {
    std::size_t end = text_.find("*/", at_ + 2);
    if (end == std::string_view::npos) {
      diagnostics_.error(here(at_, 2), "the comment does not end", "close it with */");
      at_ = text_.size();
      return;
    }
    check_text(at_, end);
    take(TokenKind::comment, end + 2 - at_);
  }

  /// The bytes of comments and strings are UTF-8 without NULs too.
  void check_text(std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end;) {
      unsigned char c = static_cast<unsigned char>(text_[at]);
      if (c != 0 && c < 0x80) {
        at++;
        continue;
      }
      std::size_t length = decode(text_.substr(at)).length;
      at += length == 0 || c == 0 ? bad_character(at) : length;
    }
  }

  void close_brace(std::size_t length) {
    // Brace 0 of a nested normal mode is the one that belongs to ${ or %{.
    if (modes_.back().braces == 0 && modes_.size() > 1) {
      modes_.pop_back();
      return take(TokenKind::close_template, length);
    }
    if (modes_.back().braces > 0) modes_.back().braces--;
    if (length == 2) {
      diagnostics_.error(here(at_, 2), "'~}' ends a template sequence, and none is open here", "write }");
    }
    take(TokenKind::close_brace, length);
  }

  bool open_heredoc() {
    std::size_t at = at_ + 2;
    if (at < text_.size() && text_[at] == '-') at++;
    std::size_t length = identifier_length(at);
    std::size_t end = at + length;
    if (length == 0) return false;
    if (end < text_.size() && text_[end] == '\r') end++;
    if (end >= text_.size() || text_[end] != '\n') return false;
    modes_.push_back({Mode::heredoc, 0, text_.substr(at, length)});
    take(TokenKind::open_heredoc, end + 1 - at_);
    return true;
  }

  /// If ${ or %{ starts here, opens it.
  bool open_template() {
    char c = peek();
    if ((c != '$' && c != '%') || peek(1) != '{') return false;
    std::size_t length = peek(2) == '~' ? 3 : 2;
    modes_.back().line_start = false;
    modes_.push_back({Mode::normal});
    take(c == '$' ? TokenKind::interpolation : TokenKind::directive, length);
    return true;
  }

  /// Bytes of one ordinary character or of $${ and %%{; 0 where a template sequence starts.
  std::size_t text_character(std::size_t at) const {
    char c = text_[at];
    if (c != '$' && c != '%') return 1;
    char next = at + 1 < text_.size() ? text_[at + 1] : '\0';
    if (next == '{') return 0;
    return next == c && at + 2 < text_.size() && text_[at + 2] == '{' ? 3 : 1;
  }

  void quoted() {
    if (peek() == '"') {
      modes_.pop_back();
      return take(TokenKind::close_quote, 1);
    }
    if (peek() == '\n' || (peek() == '\r' && peek(1) == '\n')) return end_quote_early();
    if (open_template()) return;
    std::size_t end = at_;
    while (end < text_.size() && text_[end] != '"' && text_[end] != '\n' &&
           !(text_[end] == '\r' && end + 1 < text_.size() && text_[end + 1] == '\n')) {
      bool escaped = text_[end] == '\\' && end + 1 < text_.size() && text_[end + 1] != '\n' && text_[end + 1] != '\r';
      std::size_t length = escaped ? 2 : text_character(end);
      if (length == 0) break;
      end += length;
    }
    check_text(at_, end);
    take(TokenKind::quoted_text, end - at_);
  }

  void end_quote_early() {
    modes_.pop_back();
    put(TokenKind::unterminated_quote, at_);
  }

  void heredoc() {
    Mode& mode = modes_.back();
    if (mode.line_start) {
      std::size_t end = std::min(text_.find('\n', at_), text_.size());
      std::string_view line = text_.substr(at_, end - at_);
      if (base::trim(line) == mode.marker) {
        std::size_t length = line.find(mode.marker) + mode.marker.size();
        modes_.pop_back();
        return take(TokenKind::close_heredoc, length);
      }
    }
    text_line(TokenKind::heredoc_text);
  }

  /// Text up to the end of the line or the next template sequence.
  void text_line(TokenKind kind) {
    if (open_template()) return;
    std::size_t end = at_;
    bool line_ended = false;
    while (end < text_.size() && !line_ended) {
      std::size_t length = text_character(end);
      if (length == 0) break;
      line_ended = text_[end] == '\n';
      end += length;
    }
    modes_.back().line_start = line_ended;
    check_text(at_, end);
    take(kind, end - at_);
  }

  const File& file_;
  std::string_view text_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  std::vector<Mode> modes_;
  std::vector<Token> tokens_;
  bool bad_utf8_reported_ = false, nul_reported_ = false;
};

}  // namespace

std::vector<Token> tokenize(const File& file, Diagnostics& diagnostics, LexerStart start) {
  return Lexer(file, diagnostics).run(start);
}

}  // namespace hcl
