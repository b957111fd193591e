#include <algorithm>

#include "core/base/text.h"
#include "core/hcl/parsing.h"
#include "core/hcl/string_literal.h"
#include "core/hcl/unicode.h"

namespace hcl {
namespace {

std::string_view trim_left(std::string_view text) {
  for (;;) {
    CodePoint c = decode(text);
    if (c.length == 0 || !is_space(c.value)) return text;
    text.remove_prefix(c.length);
  }
}

std::string_view trim_right(std::string_view text) {
  std::size_t kept = 0;
  for (std::size_t at = 0; at < text.size();) {
    CodePoint c = decode(text.substr(at));
    at += std::max<std::size_t>(c.length, 1);
    if (c.length == 0 || !is_space(c.value)) kept = at;
  }
  return text.substr(0, kept);
}

}  // namespace

const Expression* Parser::file_template() {
  std::vector<Piece> all = pieces();
  if (!panicking_ && !at(TokenKind::end)) error(peek(), "a template is expected, not " + found(peek()));
  return assemble(all, {&file_, 0, file_.size()});
}

const Expression* Parser::quoted_template() {
  Token open = read();
  // Nearly all strings are one piece of text: those go without the pieces' vector.
  const Token& text_token = tokens_[position_];
  if (text_token.kind == TokenKind::quoted_text && tokens_[position_ + 1].kind == TokenKind::close_quote) {
    Range whole = join(range(open), range(tokens_[position_ + 1]));
    position_ += 2;
    return string_node(whole, text_piece(text_token).string);
  }
  std::vector<Piece> all = pieces();
  Range whole = range(open);
  if (panicking_) return invalid(whole);
  Token close = read();
  whole.end = close.end;
  if (close.kind == TokenKind::unterminated_quote) {
    unterminated(open);
  } else if (close.kind != TokenKind::close_quote) {
    error(close, "'\"' is expected, not " + found(close));
  }
  return assemble(all, whole);
}

const Expression* Parser::heredoc_template() {
  Token open = read();
  std::vector<Piece> all = pieces();
  Range whole = range(open);
  if (panicking_) return invalid(whole);
  Token close = read();
  whole.end = close.end;
  if (close.kind != TokenKind::close_heredoc) {
    std::string marker(base::trim(text(open).substr(2)));
    if (marker.starts_with('-')) marker.erase(0, 1);
    Range opener{&file_, open.begin, open.begin + static_cast<std::uint32_t>(base::trim(text(open)).size())};
    error(opener, "the heredoc does not end", "a line with nothing but " + marker + " on it ends it");
    return invalid(whole);
  }
  if (text(open).starts_with("<<-")) unindent(all);
  return assemble(all, whole);
}

/// The text and the sequences of a template up to a token that is neither.
std::vector<Parser::Piece> Parser::pieces() {
  std::vector<Piece> out;
  bool strip_next = false;  // the sequence before ended with ~}
  bool adjacent = false;    // the last piece is text that a ${~ may strip
  while (!panicking_) {
    Token token = tokens_[position_];
    bool is_text = token.kind == TokenKind::quoted_text || token.kind == TokenKind::heredoc_text;
    if (!is_text && token.kind != TokenKind::interpolation && token.kind != TokenKind::directive) break;
    position_++;
    if (is_text) {
      Piece piece = text_piece(token);
      if (strip_next) piece.string = trim_left(piece.string);
      strip_next = false;
      adjacent = true;
      out.push_back(piece);
      continue;
    }
    if (adjacent && token.end - token.begin == 3) out.back().string = trim_right(out.back().string);
    out.push_back(token.kind == TokenKind::interpolation ? interpolation(token) : directive(token));
    adjacent = false;
    if (!panicking_) strip_next = file_.text()[out.back().range.end - 2] == '~';
  }
  return out;
}

Parser::Piece Parser::text_piece(const Token& token) {
  Quoting quoting = token.kind == TokenKind::quoted_text ? Quoting::quoted : Quoting::heredoc;
  Piece out{Piece::literal, range(token), text(token)};
  if (!is_plain(out.string, quoting)) out.string = arena_.copy(unescape(out.range, quoting, diagnostics_));
  return out;
}

/// The end of a sequence. `what` it was, for the message.
void Parser::close_template(const Token& open, std::string_view what) {
  const Token& close = peek();
  if (close.kind == TokenKind::close_template) {
    position_++;
    return;
  }
  bool ends = close.kind == TokenKind::end || close.kind == TokenKind::close_quote ||
              close.kind == TokenKind::open_quote || close.kind == TokenKind::unterminated_quote;
  if (ends) {
    error(open, "the " + std::string(what) + " does not end",
          "there is no } for this " + std::string(text(open).substr(0, 2)));
  } else {
    error(close, "'}' is expected at the end of the " + std::string(what) + ", not " + found(close),
          what == "interpolation" ? "to have ${ as it stands, for a shell for example, write $${" : "");
  }
}

Parser::Piece Parser::interpolation(const Token& open) {
  Newlines ignored(*this, false);
  Piece out{Piece::interpolation, range(open)};
  out.expression = expression();
  if (!panicking_) close_template(open, "interpolation");
  if (!panicking_) out.range.end = tokens_[position_ - 1].end;
  return out;
}

Parser::Piece Parser::directive(const Token& open) {
  Newlines ignored(*this, false);
  Piece out{Piece::endif, range(open)};
  Token word = peek();
  if (!expect(TokenKind::identifier, "'if', 'else', 'endif', 'for' or 'endfor' is expected after '%{'")) return out;
  std::string_view keyword = text(word);
  if (keyword == "if") {
    out.kind = Piece::if_;
    out.expression = expression();
  } else if (keyword == "for") {
    out = for_directive(out);
  } else if (keyword == "else") {
    out.kind = Piece::else_;
  } else if (keyword == "endfor") {
    out.kind = Piece::endfor;
  } else if (keyword != "endif") {
    std::string near = suggestion(keyword, {"if", "else", "endif", "for", "endfor"});
    error(word, base::quoted(keyword) + " is not a template directive",
          near.empty() ? "there are if, else, endif, for and endfor" : near);
  }
  if (!panicking_) close_template(open, "'" + std::string(keyword) + "' directive");
  if (!panicking_) out.range.end = tokens_[position_ - 1].end;
  return out;
}

Parser::Piece Parser::for_directive(Piece piece) {
  piece.kind = Piece::for_;
  if (for_names(piece.key, piece.value)) piece.expression = expression();
  return piece;
}

/// <<-: takes the least indentation of all lines off each of them. Looks at the text of the source only, so what an
/// interpolation gives never counts; lines of nothing but blanks do not count either.
void Parser::unindent(std::vector<Piece>& pieces) const {
  std::size_t least = std::string_view::npos;
  std::vector<Piece*> indented;
  bool line_start = true;
  for (Piece& piece : pieces) {
    bool is_text = piece.kind == Piece::literal;
    if (line_start) {
      std::size_t blanks = 0;
      std::string_view rest = is_text ? trim_left(piece.string) : std::string_view("x");
      if (is_text && rest.empty() && piece.string.ends_with('\n')) {
        blanks = std::string_view::npos;
      } else if (is_text) {
        blanks = character_count(piece.string.substr(0, piece.string.size() - rest.size()));
        indented.push_back(&piece);
      }
      least = std::min(least, blanks);
    }
    line_start = is_text && piece.string.ends_with('\n');
  }
  for (Piece* piece : indented) {
    for (std::size_t i = 0; i < least; i++) piece->string.remove_prefix(character_length(piece->string));
  }
}

const Expression* Parser::assemble(const std::vector<Piece>& pieces, Range whole) {
  if (panicking_) return invalid(whole);
  // "Template Interpolation Unwrapping": one interpolation alone is its own value.
  if (pieces.size() == 1 && pieces[0].kind == Piece::interpolation) {
    return node<Wrapped>(ExpressionKind::wrapped, whole, pieces[0].expression->depth, pieces[0].expression);
  }
  std::size_t at = 0;
  const Expression* out = sequence(pieces, at, whole);
  if (!panicking_ && at < pieces.size()) {
    const Piece& stray = pieces[at];
    switch (stray.kind) {
      case Piece::else_:
        error(stray.range, "'else' without an 'if' before it");
        break;
      case Piece::endif:
        error(stray.range, "'endif' without an 'if' before it");
        break;
      default:
        error(stray.range, "'endfor' without a 'for' before it");
    }
  }
  return panicking_ ? invalid(whole) : out;
}

/// Text, interpolations and whole directives from `at` on, up to an else, endif or endfor that belongs to the caller.
const Expression* Parser::sequence(const std::vector<Piece>& pieces, std::size_t& at, Range place) {
  Nest nest(*this);
  std::vector<const Expression*> parts;
  std::size_t text_from = at;
  auto flush = [&] {  // neighbouring lines of text become one literal
    if (text_from == at) return;
    std::string_view string = pieces[text_from].string;
    if (at - text_from > 1) {
      std::string joined;
      for (std::size_t i = text_from; i < at; i++) joined += pieces[i].string;
      string = arena_.copy(joined);
    }
    if (!string.empty()) parts.push_back(string_node(join(pieces[text_from].range, pieces[at - 1].range), string));
  };
  while (at < pieces.size() && !panicking_) {
    const Piece& piece = pieces[at];
    if (piece.kind == Piece::literal) {
      at++;
      continue;
    }
    flush();
    if (piece.kind == Piece::interpolation) {
      parts.push_back(piece.expression);
      at++;
    } else if (piece.kind == Piece::if_) {
      parts.push_back(if_sequence(pieces, at));
    } else if (piece.kind == Piece::for_) {
      parts.push_back(for_sequence(pieces, at));
    } else {
      text_from = at;
      break;
    }
    text_from = at;
  }
  flush();
  if (panicking_) return invalid(place);
  if (parts.empty()) return string_node(place, "");
  bool literal = parts.size() == 1 && parts[0]->kind == ExpressionKind::literal &&
                 parts[0]->as<Literal>().literal == LiteralKind::string;
  if (literal) return string_node(place, parts[0]->as<Literal>().text);
  return node<Template>(ExpressionKind::templated, place, deepest(parts),
                        arena_.copy(std::span<const Expression* const>(parts)));
}

/// TemplateIf, from its %{ if } on.
const Expression* Parser::if_sequence(const std::vector<Piece>& pieces, std::size_t& at) {
  const Piece& opener = pieces[at++];
  auto place = [&] { return join(opener.range, pieces[std::min(at, pieces.size() - 1)].range); };
  const Expression* if_true = sequence(pieces, at, opener.range);
  const Expression* if_false = string_node(opener.range, "");
  if (at < pieces.size() && pieces[at].kind == Piece::else_) {
    at++;
    if_false = sequence(pieces, at, opener.range);
  }
  if (!panicking_ && (at >= pieces.size() || pieces[at].kind != Piece::endif)) {
    if (at < pieces.size() && pieces[at].kind == Piece::else_) {
      error(pieces[at].range, "a second 'else' for one 'if'");
    } else {
      error(opener.range, "there is no 'endif' for this 'if'");
    }
  }
  if (panicking_) return invalid(opener.range);
  Range whole = place();
  at++;
  return node<Conditional>(ExpressionKind::conditional, whole,
                           std::max({opener.expression->depth, if_true->depth, if_false->depth}), opener.expression,
                           if_true, if_false, true);
}

/// TemplateFor, from its %{ for } on.
const Expression* Parser::for_sequence(const std::vector<Piece>& pieces, std::size_t& at) {
  const Piece& opener = pieces[at++];
  const Expression* value = sequence(pieces, at, opener.range);
  if (!panicking_ && (at >= pieces.size() || pieces[at].kind != Piece::endfor)) {
    error(opener.range, "there is no 'endfor' for this 'for'");
  }
  if (panicking_) return invalid(opener.range);
  Range whole = join(opener.range, pieces[at].range);
  at++;
  const Expression* none = nullptr;
  return node<ForEach>(ExpressionKind::for_each, whole, std::max(opener.expression->depth, value->depth),
                       ForResult::text, false, opener.key, opener.value, opener.expression, none, value, none);
}

}  // namespace hcl
