#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/hcl/arena.h"
#include "core/hcl/ast.h"
#include "core/hcl/diagnostics.h"
#include "core/hcl/lexer.h"
#include "core/hcl/parser.h"

namespace hcl {

/// The recursive-descent parser behind parser.h. Bodies are in body_parser.cc, expressions in expression_parser.cc,
/// templates in template_parser.cc.
///
/// The first error of an argument or a block header sets `panicking_`: from then on nothing is reported and every
/// method returns at once, until the body it happened in finds the next item and goes on from there.
class Parser {
 public:
  Parser(const File& file, std::vector<Token> tokens, Arena& arena, Diagnostics& diagnostics)
      : file_(file), tokens_(std::move(tokens)), arena_(arena), diagnostics_(diagnostics) {}

  Body file_body();
  const Expression* file_expression();
  const Expression* file_template();

 private:
  /// Counts nesting for as long as it lives; too much of it ends the parse.
  class Nest {
   public:
    explicit Nest(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > max_depth) parser_.too_deep(parser_.range(parser_.peek()));
    }
    ~Nest() { parser_.depth_--; }
    Nest(const Nest&) = delete;

   private:
    Parser& parser_;
  };

  /// Whether line breaks count, for as long as it lives.
  class Newlines {
   public:
    Newlines(Parser& parser, bool count) : parser_(parser), before_(parser.newlines_) { parser_.newlines_ = count; }
    ~Newlines() { parser_.newlines_ = before_; }
    Newlines(const Newlines&) = delete;

   private:
    Parser& parser_;
    bool before_;
  };

  // Tokens. peek() passes over comments, and over line breaks where they do not count, for good: so nothing may be
  // peeked at between a closing bracket and the end of its Newlines.
  const Token& peek();
  Token read();
  bool at(TokenKind kind) { return peek().kind == kind; }
  bool at_word(std::string_view word) { return at(TokenKind::identifier) && text(peek()) == word; }
  bool take(TokenKind kind);
  Range range(const Token& token) const { return {&file_, token.begin, token.end}; }
  std::string_view text(const Token& token) const { return file_.text().substr(token.begin, token.end - token.begin); }
  Name name(const Token& token) const { return {text(token), range(token)}; }
  std::string found(const Token& token) const;

  // Errors.
  void error(const Token& at, std::string summary, std::string detail = {}, std::optional<Related> related = {});
  void error(Range at, std::string summary, std::string detail = {}, std::optional<Related> related = {});
  void unterminated(const Token& open_quote);
  void unclosed(const Token& open, const char* what);
  void too_deep(Range at);
  bool expect(TokenKind kind, const char* summary, const Token* open = nullptr);
  void synchronise(std::size_t item);
  bool starts_item(std::size_t index, std::uint32_t indentation) const;
  std::uint32_t indentation(std::size_t index) const;

  // Bodies.
  Body body(const Token* open);
  void item();
  void attribute(const Token& identifier, bool one_line);
  void block(const Token& identifier);
  Body one_line_body(const Token& open);
  void labels();
  Name quoted_label();
  std::span<const Attribute> finish_attributes(std::size_t from);

  // Expressions.
  const Expression* expression();
  const Expression* binary(int min_level);
  const Expression* operand();
  const Expression* term();
  const Expression* postfix(const Expression* from);
  const Expression* after_dot(const Expression* from, const Token& dot);
  const Expression* attribute_splat(const Expression* from);
  const Expression* after_bracket(const Expression* from);
  const Expression* legacy_index(const Expression* from, const Token& dot);
  const Expression* parentheses();
  const Expression* number_literal();
  const Expression* word();
  const Expression* call(const Token& identifier);
  const Expression* tuple();
  const Expression* object();
  bool object_item(std::vector<ObjectItem>& items);
  const Expression* for_each(const Token& open, ForResult result);
  bool for_names(Name& key, Name& value);
  const Expression* invalid(Range at);

  template <class Node, class... Args>
  const Expression* node(ExpressionKind kind, Range at, int below, Args&&... args) {
    if (below >= max_depth) {
      too_deep(at);
      return invalid(at);
    }
    return arena_.make<Node>(Expression{kind, static_cast<std::uint16_t>(below + 1), at}, std::forward<Args>(args)...);
  }
  const Expression* string_node(Range at, std::string_view value) {
    return node<Literal>(ExpressionKind::literal, at, 0, LiteralKind::string, false, value);
  }
  static int deepest(std::span<const Expression* const> nodes);

  // Templates.
  struct Piece {
    enum Kind { literal, interpolation, if_, else_, endif, for_, endfor } kind;
    Range range;
    std::string_view string = {};
    const Expression* expression = nullptr;
    Name key = {}, value = {};
  };
  const Expression* quoted_template();
  const Expression* heredoc_template();
  std::vector<Piece> pieces();
  Piece text_piece(const Token& token);
  Piece interpolation(const Token& open);
  Piece directive(const Token& open);
  Piece for_directive(Piece piece);
  void close_template(const Token& open, std::string_view what);
  void unindent(std::vector<Piece>& pieces) const;
  const Expression* assemble(const std::vector<Piece>& pieces, Range whole);
  const Expression* sequence(const std::vector<Piece>& pieces, std::size_t& at, Range place);
  const Expression* if_sequence(const std::vector<Piece>& pieces, std::size_t& at);
  const Expression* for_sequence(const std::vector<Piece>& pieces, std::size_t& at);

  const File& file_;
  const std::vector<Token> tokens_;
  Arena& arena_;
  Diagnostics& diagnostics_;
  std::size_t position_ = 0;
  int depth_ = 0;
  bool newlines_ = true;
  bool panicking_ = false;
  bool stopped_ = false;  // by too_deep(): the rest of the file is not looked at

  // Work space of nested bodies: each takes what it pushed off the end again.
  std::vector<Attribute> attributes_;
  std::vector<Block> blocks_;
  std::vector<Name> labels_;
};

}  // namespace hcl
