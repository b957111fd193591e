#include <algorithm>
#include <optional>

#include "core/base/text.h"
#include "core/hcl/number.h"
#include "core/hcl/parsing.h"

namespace hcl {
namespace {

struct Operator {
  BinaryOperator operation;
  int level;  // hclsyntax/spec.md "Operations"
};

std::optional<Operator> binary_operator(TokenKind kind) {
  switch (kind) {
    case TokenKind::logical_or:
      return Operator{BinaryOperator::logical_or, 1};
    case TokenKind::logical_and:
      return Operator{BinaryOperator::logical_and, 2};
    case TokenKind::equal:
      return Operator{BinaryOperator::equal, 3};
    case TokenKind::not_equal:
      return Operator{BinaryOperator::not_equal, 3};
    case TokenKind::less:
      return Operator{BinaryOperator::less, 4};
    case TokenKind::less_equal:
      return Operator{BinaryOperator::less_equal, 4};
    case TokenKind::greater:
      return Operator{BinaryOperator::greater, 4};
    case TokenKind::greater_equal:
      return Operator{BinaryOperator::greater_equal, 4};
    case TokenKind::plus:
      return Operator{BinaryOperator::add, 5};
    case TokenKind::minus:
      return Operator{BinaryOperator::subtract, 5};
    case TokenKind::star:
      return Operator{BinaryOperator::multiply, 6};
    case TokenKind::slash:
      return Operator{BinaryOperator::divide, 6};
    case TokenKind::percent:
      return Operator{BinaryOperator::remainder, 6};
    default:
      return std::nullopt;
  }
}

}  // namespace

int Parser::deepest(std::span<const Expression* const> nodes) {
  int out = 0;
  for (const Expression* one : nodes) out = std::max<int>(out, one->depth);
  return out;
}

const Expression* Parser::invalid(Range at) {
  return arena_.make<Expression>(Expression{ExpressionKind::invalid, 1, at});
}

const Expression* Parser::file_expression() {
  newlines_ = false;
  const Expression* out = expression();
  if (!panicking_ && !at(TokenKind::end)) {
    error(peek(), "nothing may follow the expression, and here is " + found(peek()));
  }
  return out;
}

/// Conditional = Expression "?" Expression ":" Expression, to the right; everything else binds tighter.
const Expression* Parser::expression() {
  Nest nest(*this);
  const Expression* condition = binary(1);
  if (panicking_ || !take(TokenKind::question)) return condition;
  const Expression* if_true = expression();
  if (panicking_ || !expect(TokenKind::colon, "a conditional goes on with ':' and the other result")) return condition;
  const Expression* if_false = expression();
  if (panicking_) return condition;
  return node<Conditional>(ExpressionKind::conditional, join(condition->range, if_false->range),
                           std::max({condition->depth, if_true->depth, if_false->depth}), condition, if_true, if_false,
                           false);
}

/// Operators of `min_level` and tighter, to the left.
const Expression* Parser::binary(int min_level) {
  const Expression* left = operand();
  while (!panicking_) {
    auto found = binary_operator(peek().kind);
    if (!found || found->level < min_level) break;
    position_++;
    const Expression* right = binary(found->level + 1);
    left = node<Binary>(ExpressionKind::binary, join(left->range, right->range), std::max(left->depth, right->depth),
                        found->operation, left, right);
  }
  return left;
}

const Expression* Parser::operand() {
  const Token& next = peek();
  if (next.kind != TokenKind::minus && next.kind != TokenKind::bang) return postfix(term());
  Nest nest(*this);
  if (panicking_) return invalid(range(peek()));
  Token sign = read();
  const Expression* inner = operand();
  auto operation = sign.kind == TokenKind::minus ? UnaryOperator::negate : UnaryOperator::logical_not;
  return node<Unary>(ExpressionKind::unary, join(range(sign), inner->range), inner->depth, operation, inner);
}

const Expression* Parser::term() {
  const Token& next = peek();
  if (panicking_) return invalid(range(next));
  switch (next.kind) {
    case TokenKind::open_paren:
      return parentheses();
    case TokenKind::number:
      return number_literal();
    case TokenKind::identifier:
      return word();
    case TokenKind::open_quote:
      return quoted_template();
    case TokenKind::open_heredoc:
      return heredoc_template();
    case TokenKind::open_bracket:
      return tuple();
    case TokenKind::open_brace:
      return object();
    default: {
      Range place = range(next);
      error(next, "a value is expected, not " + found(next),
            next.kind == TokenKind::less ? "a heredoc starts with << and a name, which end their line" : "");
      return invalid(place);
    }
  }
}

const Expression* Parser::parentheses() {
  Newlines ignored(*this, false);
  Token open = read();
  const Expression* inner = expression();
  if (panicking_) return inner;
  Token close = peek();
  if (!expect(TokenKind::close_paren, "')' is expected", &open)) return inner;
  return node<Wrapped>(ExpressionKind::parentheses, join(range(open), range(close)), inner->depth, inner);
}

const Expression* Parser::number_literal() {
  Token token = read();
  if (!Number::parse(text(token), Number::Form::literal)) {
    error(token, "the number " + base::quoted(text(token), 40) + " cannot be represented",
          "integers have at most 512 bits, exponents at most 10000");
  }
  return node<Literal>(ExpressionKind::literal, range(token), 0, LiteralKind::number, false, text(token));
}

const Expression* Parser::word() {
  Token token = read();
  if (at(TokenKind::open_paren)) return call(token);
  std::string_view name = text(token);
  if (name == "true" || name == "false") {
    return node<Literal>(ExpressionKind::literal, range(token), 0, LiteralKind::boolean, name == "true", name);
  }
  if (name == "null") return node<Literal>(ExpressionKind::literal, range(token), 0, LiteralKind::null, false, name);
  return node<Variable>(ExpressionKind::variable, range(token), 0, name);
}

/// FunctionCall = Identifier "(" (Expression ("," Expression)* ("," | "...")?)? ")"
const Expression* Parser::call(const Token& identifier) {
  Newlines ignored(*this, false);
  Token open = read();
  std::vector<const Expression*> arguments;
  bool expand = false;
  while (!panicking_ && !at(TokenKind::close_paren)) {
    if (!at(TokenKind::end)) arguments.push_back(expression());
    if (panicking_) break;
    if (take(TokenKind::ellipsis)) {
      expand = true;
      if (!at(TokenKind::close_paren)) error(peek(), "'...' stands behind the last argument, before ')'");
      break;
    }
    if (at(TokenKind::close_paren)) break;
    if (at(TokenKind::end)) {
      unclosed(open, "call");
      break;
    }
    expect(TokenKind::comma, "',' or ')' is expected after an argument", &open);
  }
  Range whole = join(range(identifier), range(peek()));
  if (panicking_) return invalid(range(identifier));
  position_++;
  return node<Call>(ExpressionKind::call, whole, deepest(arguments), name(identifier),
                    arena_.copy(std::span<const Expression* const>(arguments)), expand);
}

const Expression* Parser::postfix(const Expression* from) {
  while (!panicking_) {
    if (at(TokenKind::dot)) {
      Token dot = read();
      from = after_dot(from, dot);
    } else if (at(TokenKind::open_bracket)) {
      from = after_bracket(from);
    } else {
      break;
    }
  }
  return from;
}

const Expression* Parser::after_dot(const Expression* from, const Token& dot) {
  switch (peek().kind) {
    case TokenKind::identifier: {
      Token token = read();
      return node<AttributeAccess>(ExpressionKind::attribute, join(from->range, range(token)), from->depth, from,
                                   name(token));
    }
    case TokenKind::number:
      return legacy_index(from, dot);
    case TokenKind::star:
      return attribute_splat(from);
    default:
      error(peek(), "a name is expected after '.', not " + found(peek()));
      return from;
  }
}

/// LegacyIndex = '.' digit+
const Expression* Parser::legacy_index(const Expression* from, const Token& dot) {
  Token token = read();
  std::string_view digits = text(token);
  if (auto second = digits.find('.'); second != std::string_view::npos) {
    error(token, "indexes written with dots cannot follow one another",
          "write [" + std::string(digits.substr(0, second)) + "][" + std::string(digits.substr(second + 1)) + "]");
    return from;
  }
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) {
    error(token, "a name is expected after '.', not " + base::quoted(digits, 40));
    return from;
  }
  const Expression* key = node<Literal>(ExpressionKind::literal, range(token), 0, LiteralKind::number, false, digits);
  return node<Index>(ExpressionKind::index, join(join(from->range, range(dot)), range(token)), from->depth, from, key);
}

/// attrSplat = "." "*" GetAttr*, where upstream takes legacy indexes too.
const Expression* Parser::attribute_splat(const Expression* from) {
  Token star = read();
  const Expression* each = node<Expression>(ExpressionKind::splat_item, range(star), 0);
  Range whole = join(from->range, range(star));
  while (!panicking_ && at(TokenKind::dot)) {
    Token dot = read();
    if (at(TokenKind::star)) {
      error(peek(), "a splat cannot follow a '.*' splat", "write [*] for both");
      break;
    }
    each = after_dot(each, dot);
    whole = join(whole, each->range);
  }
  return node<Splat>(ExpressionKind::splat, whole, std::max(from->depth, each->depth), from, each);
}

/// Index = "[" Expression "]"; fullSplat = "[" "*" "]" (GetAttr | Index)*
const Expression* Parser::after_bracket(const Expression* from) {
  Nest nest(*this);
  if (panicking_) return from;
  Token open, close;
  const Expression* key = nullptr;
  {
    Newlines ignored(*this, false);
    open = read();
    if (!take(TokenKind::star)) key = expression();
    if (panicking_) return from;
    close = peek();
    if (!expect(TokenKind::close_bracket, key ? "']' is expected after an index" : "']' is expected after '[*'",
                &open)) {
      return from;
    }
  }
  if (key) {
    return node<Index>(ExpressionKind::index, join(from->range, range(close)), std::max(from->depth, key->depth), from,
                       key);
  }
  const Expression* item = node<Expression>(ExpressionKind::splat_item, join(range(open), range(close)), 0);
  const Expression* each = postfix(item);
  return node<Splat>(ExpressionKind::splat, join(from->range, each->range), std::max(from->depth, each->depth), from,
                     each);
}

const Expression* Parser::tuple() {
  Newlines ignored(*this, false);
  Token open = read();
  if (at_word("for")) return for_each(open, ForResult::tuple);
  std::vector<const Expression*> elements;
  while (!panicking_ && !at(TokenKind::close_bracket)) {
    if (!at(TokenKind::end)) elements.push_back(expression());
    if (panicking_ || at(TokenKind::close_bracket)) break;
    if (at(TokenKind::end)) {
      unclosed(open, "list");
    } else {
      expect(TokenKind::comma, "',' or ']' is expected after an element", &open);
    }
  }
  if (panicking_) return invalid(range(open));
  Range whole = join(range(open), range(read()));
  return node<Tuple>(ExpressionKind::tuple, whole, deepest(elements),
                     arena_.copy(std::span<const Expression* const>(elements)));
}

const Expression* Parser::object() {
  Newlines counted(*this, true);
  Token open = read();
  while (take(TokenKind::newline)) {
  }
  if (at_word("for")) return for_each(open, ForResult::object);
  std::vector<ObjectItem> items;
  int below = 0;
  while (!panicking_) {
    while (take(TokenKind::newline)) {
    }
    if (at(TokenKind::close_brace) || (!at(TokenKind::end) && !object_item(items))) break;
    if (at(TokenKind::end)) {
      unclosed(open, "object");
      break;
    }
    below = std::max<int>({below, items.back().key->depth, items.back().value->depth});
    if (at(TokenKind::close_brace)) break;
    if (!take(TokenKind::newline)) {
      expect(TokenKind::comma, "a line break, ',' or '}' is expected after an element", &open);
    }
  }
  if (panicking_) return invalid(range(open));
  Range whole = join(range(open), range(read()));
  return node<Object>(ExpressionKind::object, whole, below, arena_.copy(std::span<const ObjectItem>(items)));
}

/// objectelem = (Identifier | Expression) ("=" | ":") Expression
bool Parser::object_item(std::vector<ObjectItem>& items) {
  const Expression* key = expression();
  if (panicking_) return false;
  // A bare word is the key itself, be it a variable's name or one of true, false and null.
  bool bare = key->kind == ExpressionKind::variable ||
              (key->kind == ExpressionKind::literal &&
               (key->as<Literal>().literal == LiteralKind::boolean || key->as<Literal>().literal == LiteralKind::null));
  if (bare) key = string_node(key->range, key->range.text());
  if (!take(TokenKind::assign) && !take(TokenKind::colon)) {
    error(peek(), "'=' is expected after a key, not " + found(peek()),
          at(TokenKind::identifier) ? "a key with blanks or dots in it is quoted" : "");
    return false;
  }
  const Expression* value = expression();
  if (panicking_) return false;
  items.push_back({key, value});
  return true;
}

/// One or two names and 'in'.
bool Parser::for_names(Name& key, Name& value) {
  Token first = peek();
  if (!expect(TokenKind::identifier, "the name of a variable is expected after 'for'")) return false;
  value = name(first);
  if (take(TokenKind::comma)) {
    Token second = peek();
    if (!expect(TokenKind::identifier, "the name of a variable is expected after ','")) return false;
    key = value;
    value = name(second);
  }
  if (at_word("in")) {
    position_++;
    return true;
  }
  error(peek(), "'in' is expected after the names of a 'for', not " + found(peek()));
  return false;
}

/// forTupleExpr and forObjectExpr, at the word 'for'. (To write a key named for, quote it.)
const Expression* Parser::for_each(const Token& open, ForResult result) {
  Newlines ignored(*this, false);
  Range failed = range(open);
  read();
  Name key_name{}, value_name{};
  if (!for_names(key_name, value_name)) return invalid(failed);
  const Expression* collection = expression();
  if (panicking_ || !expect(TokenKind::colon, "':' is expected after the collection of a 'for'"))
    return invalid(failed);
  const Expression* key = nullptr;
  const Expression* value = expression();
  if (panicking_) return invalid(failed);
  if (at(TokenKind::fat_arrow)) {
    Token arrow = read();
    key = value;
    value = expression();
    if (!panicking_ && result == ForResult::tuple) {
      error(join(key->range, range(arrow)), "a 'for' in [ ] gives values only, without keys",
            "write { } for an object");
    }
  } else if (result == ForResult::object) {
    error(value->range, "a 'for' in { } needs a key and a value", "write key => value, or [ ] for a list");
  }
  if (panicking_) return invalid(failed);
  bool group = false;
  if (at(TokenKind::ellipsis)) {
    Token dots = read();
    group = true;
    if (result == ForResult::tuple) error(dots, "'...' groups by key, and a 'for' in [ ] has none");
  }
  const Expression* condition = nullptr;
  if (!panicking_ && at_word("if")) {
    position_++;
    condition = expression();
  }
  if (panicking_) return invalid(failed);
  Token close = peek();
  if (!expect(result == ForResult::tuple ? TokenKind::close_bracket : TokenKind::close_brace,
              result == ForResult::tuple ? "']' is expected at the end of a 'for'"
                                         : "'}' is expected at the end of a 'for'",
              &open)) {
    return invalid(failed);
  }
  int below = std::max<int>({collection->depth, value->depth, key ? key->depth : 0, condition ? condition->depth : 0});
  return node<ForEach>(ExpressionKind::for_each, join(range(open), range(close)), below, result, group, key_name,
                       value_name, collection, key, value, condition);
}

}  // namespace hcl
