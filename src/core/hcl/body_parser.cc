#include <algorithm>
#include <limits>
#include <numeric>

#include "core/base/text.h"
#include "core/hcl/parsing.h"
#include "core/hcl/string_literal.h"

namespace hcl {

const Token& Parser::peek() {
  for (;; position_++) {
    TokenKind kind = tokens_[position_].kind;
    if (kind != TokenKind::comment && (kind != TokenKind::newline || newlines_)) return tokens_[position_];
  }
}

Token Parser::read() {
  Token out = peek();
  if (out.kind != TokenKind::end) position_++;
  return out;
}

bool Parser::take(TokenKind kind) {
  if (!at(kind)) return false;
  position_++;
  return true;
}

std::string Parser::found(const Token& token) const {
  switch (token.kind) {
    case TokenKind::end:
      return "the end of the file";
    case TokenKind::newline:
      return "the end of the line";
    case TokenKind::open_heredoc:
      return "a heredoc";
    case TokenKind::open_quote:
      return "a string";
    default:
      return base::quoted(text(token), 40);
  }
}

void Parser::error(Range at, std::string summary, std::string detail, std::optional<Related> related) {
  if (!panicking_ && !stopped_) diagnostics_.error(at, std::move(summary), std::move(detail), std::move(related));
  panicking_ = true;
}

void Parser::error(const Token& at, std::string summary, std::string detail, std::optional<Related> related) {
  if (at.kind == TokenKind::invalid) panicking_ = true;  // the lexer has said it better
  Range place = range(at);
  if (at.kind == TokenKind::open_quote) {  // a string without sequences is shown whole
    auto end = std::upper_bound(tokens_.begin(), tokens_.end(), at.begin,
                                [](std::uint32_t begin, const Token& t) { return begin < t.begin; });
    if (end->kind == TokenKind::quoted_text) ++end;
    if (end->kind == TokenKind::close_quote) place = join(place, range(*end));
  }
  error(place, std::move(summary), std::move(detail), std::move(related));
}

void Parser::unterminated(const Token& open_quote) {
  error(range(open_quote), "the string does not end on its line",
        "close it with \", write a line break as \\n, or use a heredoc for several lines");
}

void Parser::unclosed(const Token& open, const char* what) {
  error(open, std::string("the ") + what + " does not end",
        "there is no " +
            std::string(open.kind == TokenKind::open_bracket ? "]"
                        : open.kind == TokenKind::open_brace ? "}"
                                                             : ")") +
            " for this " + std::string(text(open)));
}

void Parser::too_deep(Range at) {
  error(at, "this nests deeper than " + std::to_string(max_depth) + " levels", "write it in smaller pieces");
  stopped_ = true;
  position_ = tokens_.size() - 1;
}

/// `open` is the bracket that is to be closed: it is shown too when it looks forgotten on an earlier line.
bool Parser::expect(TokenKind kind, const char* summary, const Token* open) {
  if (take(kind)) return true;
  const Token& next = peek();
  std::optional<Related> related;
  bool closer = next.kind == TokenKind::close_brace || next.kind == TokenKind::close_bracket ||
                next.kind == TokenKind::close_paren;
  bool forgotten = open && (closer || starts_item(position_, std::numeric_limits<std::uint32_t>::max()));
  if (forgotten && file_.line_of(open->begin) != file_.line_of(next.begin)) {
    related = Related{range(*open), "opened here"};
  }
  error(next, std::string(summary) + ", not " + found(next), {}, std::move(related));
  return false;
}

std::uint32_t Parser::indentation(std::size_t index) const {
  return index == 0 ? tokens_[0].begin : tokens_[index].begin - tokens_[index - 1].end;
}

/// Whether the token at `index` begins a line, no deeper than `limit`, with what looks like an argument or a block.
bool Parser::starts_item(std::size_t index, std::uint32_t limit) const {
  if (index == 0 || tokens_[index - 1].kind != TokenKind::newline || tokens_[index].kind != TokenKind::identifier) {
    return false;
  }
  if (indentation(index) > limit) return false;
  TokenKind next = tokens_[index + 1].kind;
  return next == TokenKind::assign || next == TokenKind::open_brace || next == TokenKind::open_quote ||
         next == TokenKind::identifier;
}

/// After an error in the item whose first token is `item`: goes on behind its last line, behind the brackets it has
/// opened, before a brace that closes the body around it, or at a line that looks like the next item.
void Parser::synchronise(std::size_t item) {
  panicking_ = false;
  std::uint32_t limit = indentation(item);
  std::vector<TokenKind> closers;
  for (std::size_t i = item;; i++) {
    bool unread = i >= position_;
    if (unread && i > item && starts_item(i, limit)) {
      position_ = i;
      return;
    }
    TokenKind kind = tokens_[i].kind;
    switch (kind) {
      case TokenKind::end:
        position_ = i;
        return;
      case TokenKind::newline:
        if (!unread || !closers.empty()) break;
        position_ = i + 1;
        return;
      case TokenKind::open_brace:
        closers.push_back(TokenKind::close_brace);
        break;
      case TokenKind::open_bracket:
        closers.push_back(TokenKind::close_bracket);
        break;
      case TokenKind::open_paren:
        closers.push_back(TokenKind::close_paren);
        break;
      case TokenKind::open_quote:
        closers.push_back(TokenKind::close_quote);
        break;
      case TokenKind::open_heredoc:
        closers.push_back(TokenKind::close_heredoc);
        break;
      case TokenKind::interpolation:
      case TokenKind::directive:
        closers.push_back(TokenKind::close_template);
        break;
      case TokenKind::close_brace:
      case TokenKind::close_bracket:
      case TokenKind::close_paren:
      case TokenKind::close_quote:
      case TokenKind::unterminated_quote:
      case TokenKind::close_heredoc:
      case TokenKind::close_template: {
        if (kind == TokenKind::unterminated_quote) kind = TokenKind::close_quote;
        auto opened = std::find(closers.rbegin(), closers.rend(), kind);
        if (opened != closers.rend()) {
          closers.erase(std::prev(opened.base()), closers.end());
        } else if (unread && kind == TokenKind::close_brace) {
          position_ = i;
          return;
        }
        break;
      }
      default:
        break;
    }
  }
}

Body Parser::file_body() {
  Body out = body(nullptr);
  out.range = {&file_, 0, file_.size()};
  return out;
}

/// Up to the brace that closes `open`, which is left to the caller, or to the end of the file.
Body Parser::body(const Token* open) {
  Nest nest(*this);
  std::size_t first_attribute = attributes_.size(), first_block = blocks_.size();
  std::uint32_t begin = peek().begin;
  std::size_t errors = diagnostics_.errors();
  for (;;) {
    const Token& next = peek();
    if (next.kind == TokenKind::newline) {
      position_++;
      continue;
    }
    if (next.kind == TokenKind::end) {
      // After another error the } may have been passed over with what was wrong.
      if (open && diagnostics_.errors() == errors) unclosed(*open, "block");
      panicking_ = false;
      break;
    }
    if (next.kind == TokenKind::close_brace && open) break;
    item();
  }
  Body out;
  out.range = {&file_, begin, peek().begin};
  out.attributes = finish_attributes(first_attribute);
  out.blocks = arena_.copy(std::span<const Block>(blocks_).subspan(first_block));
  blocks_.resize(first_block);
  return out;
}

/// Moves the attributes from index `from` on into the arena, without those given twice.
std::span<const Attribute> Parser::finish_attributes(std::size_t from) {
  std::span<Attribute> given(attributes_.begin() + static_cast<std::ptrdiff_t>(from), attributes_.end());
  if (given.size() > 1) {
    std::vector<std::uint32_t> order(given.size());
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      int names = given[a].name.text.compare(given[b].name.text);
      return names != 0 ? names < 0 : a < b;
    });
    std::size_t first = 0;
    for (std::size_t i = 1; i < order.size(); i++) {
      Attribute& again = given[order[i]];
      const Attribute& before = given[order[first]];
      if (again.name.text != before.name.text) {
        first = i;
        continue;
      }
      diagnostics_.error(again.name.range, "the argument " + base::quoted(again.name.text) + " is given twice",
                         "an argument may be set only once in a block", Related{before.name.range, "first set here"});
      again.expression = nullptr;
    }
    auto end = std::remove_if(given.begin(), given.end(), [](const Attribute& a) { return !a.expression; });
    given = given.first(static_cast<std::size_t>(end - given.begin()));
  }
  auto out = arena_.copy(std::span<const Attribute>(given));
  attributes_.resize(from);
  return out;
}

void Parser::item() {
  std::size_t start = position_;
  const Token& first = peek();
  position_++;
  if (first.kind == TokenKind::identifier) {
    switch (peek().kind) {
      case TokenKind::assign:
        position_++;
        attribute(first, false);
        break;
      case TokenKind::open_quote:
      case TokenKind::open_brace:
      case TokenKind::identifier:
        block(first);
        break;
      case TokenKind::colon:
        error(peek(), "':' does not set an argument", "write " + std::string(text(first)) + " = …");
        break;
      case TokenKind::newline: {
        std::size_t line = position_;
        while (take(TokenKind::newline)) {
        }
        if (at(TokenKind::open_brace)) {
          error(peek(), "a block's { stands on the line of its name");
          break;
        }
        position_ = line;
        [[fallthrough]];
      }
      default:
        error(peek().kind == TokenKind::invalid ? peek() : first, "this is neither an argument nor a block",
              "an argument is written name = value, a block name { … }");
        break;
    }
  } else if (first.kind == TokenKind::open_quote) {
    error(first, "names of arguments and blocks are not quoted", "write the name without quotes");
  } else if (first.kind == TokenKind::close_brace) {
    error(first, "there is no { for this }");
    position_ = start + 1;
    panicking_ = false;
    return;
  } else {
    error(first, "an argument or a block is expected, not " + found(first));
  }
  if (panicking_) synchronise(start);
}

/// After the '='. In a one-line block the caller looks for what follows.
void Parser::attribute(const Token& identifier, bool one_line) {
  const Expression* value = expression();
  Range whole = join(range(identifier), value->range);
  attributes_.push_back({name(identifier), value, whole});
  if (one_line || panicking_) return;
  const Token& next = peek();
  if (next.kind == TokenKind::newline) {
    position_++;
  } else if (next.kind == TokenKind::comma) {
    error(next, "arguments are not separated by commas", "put each on a line of its own");
  } else if (next.kind != TokenKind::end) {
    error(next, "an argument ends with a line break, not " + found(next));
  }
}

void Parser::labels() {
  while (!panicking_) {
    const Token& next = peek();
    switch (next.kind) {
      case TokenKind::open_quote:
        labels_.push_back(quoted_label());
        break;
      case TokenKind::identifier:
        labels_.push_back(name(read()));
        break;
      case TokenKind::open_brace:
        return;
      case TokenKind::assign:
        error(next, "a block is not assigned with '='",
              "a block is written name \"label\" { … }, an argument name = value");
        break;
      case TokenKind::newline:
        error(next, "a block's { stands on the line of its name");
        break;
      default:
        error(next, "a label or '{' is expected, not " + found(next));
    }
  }
}

Name Parser::quoted_label() {
  Token open = read();
  Range whole = range(open);
  std::string_view label;
  std::string joined;
  for (bool first = true;; first = false) {
    Token next = read();
    whole.end = next.end;
    if (next.kind == TokenKind::close_quote) break;
    if (next.kind == TokenKind::unterminated_quote) {
      unterminated(open);
      break;
    }
    if (next.kind != TokenKind::quoted_text) {
      error(next, "a label is plain text, without template sequences", "a literal ${ is written $${, a literal %{ %%{");
      break;
    }
    if (first && is_plain(text(next), Quoting::quoted)) {
      label = text(next);
    } else {
      joined = std::string(label) + unescape(range(next), Quoting::quoted, diagnostics_);
      label = arena_.copy(joined);
    }
  }
  return {label, whole};
}

void Parser::block(const Token& identifier) {
  labels_.clear();
  labels();
  if (panicking_) return;
  Token open = read();
  Block out{name(identifier), arena_.copy(std::span<const Name>(labels_)), {}, range(open), range(open)};
  bool one_line = !at(TokenKind::newline) && !at(TokenKind::end) && !at(TokenKind::close_brace);
  out.body = one_line ? one_line_body(open) : body(&open);
  if (!panicking_ && at(TokenKind::close_brace)) {
    out.close_brace = range(read());
    const Token& next = peek();
    if (next.kind == TokenKind::newline) {
      position_++;
    } else if (next.kind != TokenKind::end) {
      error(next, "a block ends with a line break, not " + found(next));
    }
  }
  blocks_.push_back(out);
}

/// OneLineBlock = Identifier (StringLit|Identifier)* "{" (Identifier "=" Expression)? "}" Newline
Body Parser::one_line_body(const Token& open) {
  std::size_t from = attributes_.size();
  Body out;
  out.range = {&file_, peek().begin, peek().begin};
  Token identifier = read();
  const Token& next = peek();
  if (identifier.kind != TokenKind::identifier) {
    error(identifier, "an argument is expected, not " + found(identifier));
  } else if (next.kind == TokenKind::assign) {
    position_++;
    attribute(identifier, true);
    if (!panicking_ && !at(TokenKind::close_brace)) {
      if (at(TokenKind::end)) {
        unclosed(open, "block");
      } else if (at(TokenKind::newline)) {
        error(peek(), "a block that starts with an argument on its line ends on that line",
              "put the argument on a line of its own");
      } else if (at(TokenKind::comma) || at(TokenKind::identifier)) {
        error(peek(), "a block on one line holds one argument only", "put each argument on a line of its own");
      } else {
        error(peek(), "'}' is expected, not " + found(peek()));
      }
    }
  } else if (next.kind == TokenKind::open_quote || next.kind == TokenKind::open_brace ||
             next.kind == TokenKind::identifier) {
    error(join(range(identifier), range(next)), "a block on one line holds one argument and no block",
          "put the inner block on a line of its own");
  } else {
    error(next.kind == TokenKind::invalid ? next : identifier, "this is not an argument",
          "an argument is written name = value");
  }
  out.attributes = finish_attributes(from);
  if (!out.attributes.empty()) out.range = out.attributes[0].range;
  return out;
}

}  // namespace hcl
