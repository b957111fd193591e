#include "core/hcl/format.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "core/hcl/lexer.h"
#include "core/hcl/parser.h"
#include "core/hcl/unicode.h"

namespace hcl {
namespace {

struct Word {
  TokenKind kind;
  std::string_view text;
  std::size_t spaces = 0;  // in front
};

/// One line of the source, as indexes of words: [begin, assign) the lead, [assign, comment) an assignment that ends on
/// this line, [comment, end) a trailing line comment. A heredoc belongs to the line it begins on.
struct Line {
  std::size_t begin, assign, comment, end;

  bool has_assign() const { return assign < comment; }
  bool has_comment() const { return comment < end; }
};

int bracket_change(TokenKind kind) {
  switch (kind) {
    case TokenKind::open_brace:
    case TokenKind::open_bracket:
    case TokenKind::open_paren:
    case TokenKind::interpolation:
    case TokenKind::directive:
      return 1;
    case TokenKind::close_brace:
    case TokenKind::close_bracket:
    case TokenKind::close_paren:
    case TokenKind::close_template:
      return -1;
    default:
      return 0;
  }
}

bool is_line_comment(const Word& word) { return word.kind == TokenKind::comment && !word.text.starts_with("/*"); }

/// Words around which nothing may be put, because blanks there are text.
bool is_template_text(TokenKind kind) { return kind == TokenKind::quoted_text || kind == TokenKind::heredoc_text; }

/// A minus is a sign, not a subtraction, behind these.
bool expects_operand(TokenKind before) {
  switch (before) {
    case TokenKind::end:  // nothing before it on the line
    case TokenKind::open_paren:
    case TokenKind::open_brace:
    case TokenKind::open_bracket:
    case TokenKind::assign:
    case TokenKind::colon:
    case TokenKind::comma:
    case TokenKind::question:
    case TokenKind::plus:
    case TokenKind::minus:
    case TokenKind::star:
    case TokenKind::slash:
    case TokenKind::percent:
    case TokenKind::equal:
    case TokenKind::not_equal:
    case TokenKind::less:
    case TokenKind::less_equal:
    case TokenKind::greater:
    case TokenKind::greater_equal:
    case TokenKind::logical_and:
    case TokenKind::logical_or:
    case TokenKind::bang:
      return true;
    default:
      return false;
  }
}

/// Whether a blank stands between `word` and `after`; `before` is in front of `word`. The rules of `terraform fmt`.
bool spaced(TokenKind before, const Word& word, const Word& after) {
  TokenKind kind = word.kind, next = after.kind;
  if (next == TokenKind::newline) return false;
  if (kind == TokenKind::identifier && next == TokenKind::open_paren) return false;
  if (kind == TokenKind::dot || next == TokenKind::dot) return false;
  if (next == TokenKind::comma || next == TokenKind::ellipsis) return false;
  if (kind == TokenKind::comma) return true;
  if (is_template_text(kind) || is_template_text(next)) return false;
  if (kind == TokenKind::open_quote || kind == TokenKind::open_heredoc) return false;
  if (next == TokenKind::close_quote || next == TokenKind::close_heredoc) return false;
  // [for x in [a]: x]: not an index of a variable named in.
  if (kind == TokenKind::identifier && word.text == "in" && before == TokenKind::identifier) return true;
  if (next == TokenKind::open_bracket &&
      (kind == TokenKind::identifier || kind == TokenKind::number || bracket_change(kind) < 0)) {
    return false;
  }
  if (kind == TokenKind::bang) return false;
  if (kind == TokenKind::minus) return !expects_operand(before);
  if (kind == TokenKind::open_brace || next == TokenKind::close_brace) {
    return !(kind == TokenKind::open_brace && next == TokenKind::close_brace);
  }
  bool opens_template = kind == TokenKind::interpolation || kind == TokenKind::directive;
  if (opens_template && next == TokenKind::open_brace) return true;
  if (kind == TokenKind::close_brace && next == TokenKind::close_template) return true;
  if (kind == TokenKind::close_template && (next == TokenKind::interpolation || next == TokenKind::directive)) {
    return false;
  }
  return bracket_change(kind) <= 0 && bracket_change(next) >= 0;
}

class Layout {
 public:
  Layout(const File& file, const std::vector<Token>& tokens) {
    words_.reserve(tokens.size());
    for (const Token& token : tokens) {
      if (token.kind == TokenKind::end) break;
      words_.push_back({token.kind, file.text().substr(token.begin, token.end - token.begin)});
    }
    split();
  }

  std::string run() {
    indent();
    for (const Line& line : lines_) {
      space(line.begin, line.assign);
      if (line.has_assign()) words_[line.assign].spaces = 1;
      space(line.assign, line.comment);
    }
    keep_apart();
    align(&Line::assign, &Line::has_assign);
    align(&Line::comment, &Line::has_comment);
    std::string out;
    for (const Word& word : words_) {
      out.append(word.spaces, ' ');
      out += word.text;
    }
    if (!out.empty() && !out.ends_with('\n')) {
      auto newline =
          std::find_if(words_.begin(), words_.end(), [](const Word& w) { return w.kind == TokenKind::newline; });
      out += newline == words_.end() ? "\n" : newline->text;
    }
    return out;
  }

 private:
  void split() {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < words_.size(); i++) {
      bool last = i + 1 == words_.size();
      if (words_[i].kind != TokenKind::newline && !last) continue;
      std::size_t end = i + 1;
      Line line{begin, end, end, end};
      std::size_t content = words_[i].kind == TokenKind::newline ? i : end;  // without the line break
      if (content > begin + 1 && is_line_comment(words_[content - 1])) line.comment = line.assign = content - 1;
      for (std::size_t j = begin + 1; j < line.comment; j++) {
        if (words_[j].kind != TokenKind::assign) continue;
        if (net_brackets(j, line.comment) == 0) line.assign = j;
        break;
      }
      lines_.push_back(line);
      begin = end;
    }
  }

  int net_brackets(std::size_t from, std::size_t to) const {
    int out = 0;
    for (std::size_t i = from; i < to; i++) out += bracket_change(words_[i].kind);
    return out;
  }

  /// Two blanks for each line that has opened more brackets than it closed and is not closed yet.
  void indent() {
    std::vector<int> open;
    for (const Line& line : lines_) {
      Word& first = words_[line.begin];
      if (first.kind == TokenKind::newline) continue;
      auto heredoc = std::find_if(words_.begin() + static_cast<std::ptrdiff_t>(line.begin),
                                  words_.begin() + static_cast<std::ptrdiff_t>(line.assign),
                                  [](const Word& w) { return w.kind == TokenKind::open_heredoc; });
      int net = net_brackets(line.begin, static_cast<std::size_t>(heredoc - words_.begin())) +
                net_brackets(line.assign, line.comment);
      for (int closed = -net; closed > 0 && !open.empty();) {
        int here = std::min(closed, open.back());
        closed -= here;
        open.back() -= here;
        if (open.back() == 0) open.pop_back();
      }
      first.spaces = 2 * open.size();
      if (net > 0) open.push_back(net);
    }
  }

  void space(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i + 1 < end; i++) {
      TokenKind before = i > begin ? words_[i - 1].kind : TokenKind::end;
      words_[i + 1].spaces = spaced(before, words_[i], words_[i + 1]) ? 1 : 0;
    }
  }

  /// 1 .2 (an index of a number) must not become 1.2.
  void keep_apart() {
    for (std::size_t i = 0; i + 2 < words_.size(); i++) {
      if (words_[i].kind == TokenKind::number && words_[i + 1].kind == TokenKind::dot &&
          words_[i + 2].kind == TokenKind::number) {
        words_[i + 1].spaces = 1;
      }
    }
  }

  std::size_t columns(std::size_t from, std::size_t to) const {
    std::size_t out = 0;
    for (std::size_t i = from; i < to; i++) out += words_[i].spaces + character_count(words_[i].text);
    return out;
  }

  /// Puts the cells that start at `start` under one another in each run of lines that have one.
  void align(std::size_t Line::*start, bool (Line::*has)() const) {
    for (std::size_t first = 0; first < lines_.size();) {
      std::size_t last = first, widest = 0;
      std::vector<std::size_t> widths;
      for (; last < lines_.size() && (lines_[last].*has)(); last++) {
        widths.push_back(columns(lines_[last].begin, lines_[last].*start));
        widest = std::max(widest, widths.back());
      }
      for (std::size_t i = first; i < last; i++) words_[lines_[i].*start].spaces = widest - widths[i - first] + 1;
      first = std::max(last, first + 1);
    }
  }

  std::vector<Word> words_;
  std::vector<Line> lines_;
};

}  // namespace

std::string format(std::shared_ptr<const File> file, Diagnostics& diagnostics) {
  Diagnostics found;
  parse(file, found);
  bool broken = found.has_errors();
  diagnostics.add(std::move(found));
  if (broken) return std::string(file->text());
  Diagnostics known;
  return Layout(*file, tokenize(*file, known)).run();
}

}  // namespace hcl
