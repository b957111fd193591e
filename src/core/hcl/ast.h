#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/hcl/source.h"
#include "core/hcl/value.h"

namespace hcl {

/// The tree of a parsed file. All nodes lie in the arena of a Document, are trivially destructible, and live as long as
/// it; string_views point into the file or the arena.

/// A word of the source and its place; for a quoted label the text without quotes and escapes, the place with them.
struct Name {
  std::string_view text;
  Range range;
};

enum class ExpressionKind : std::uint8_t {
  literal,      // 1, true, null, and the pieces of text in templates
  variable,     // name
  attribute,    // source.name
  index,        // source[key], source.0
  splat,        // source.*, source[*]
  splat_item,   // the element a splat is looking at
  call,         // name(arguments)
  unary,        // -x, !x
  binary,       // a + b
  conditional,  // a ? b : c
  tuple,        // [a, b]
  object,       // {a = b}
  for_each,     // [for …], {for …}, %{for}
  templated,    // "a${b}", heredocs, %{if}
  wrapped,      // "${a}": the value of a itself
  parentheses,  // (a)
  invalid,      // where a syntax error was reported
};

struct Expression {
  ExpressionKind kind;
  std::uint16_t depth;  ///< 1 for a leaf; the parser bounds it, so walking may recurse
  Range range;

  /// The node as what its kind says it is.
  template <class Node>
  const Node& as() const {
    return static_cast<const Node&>(*this);
  }
};

enum class LiteralKind : std::uint8_t { null, boolean, number, string };
struct Literal : Expression {
  LiteralKind literal;
  bool truth;             ///< of a boolean
  std::string_view text;  ///< of a string, escapes resolved; of a number, its digits
};
struct Variable : Expression {
  std::string_view name;
};
struct AttributeAccess : Expression {
  const Expression* source;
  Name name;
};
struct Index : Expression {
  const Expression* source;
  const Expression* key;
};
/// `each` is evaluated once for each element of `source`, in which splat_item stands for the element.
struct Splat : Expression {
  const Expression* source;
  const Expression* each;
};
struct Call : Expression {
  Name name;
  std::span<const Expression* const> arguments;
  bool expand_last;  ///< f(a, b...)
};
enum class UnaryOperator : std::uint8_t { negate, logical_not };
struct Unary : Expression {
  UnaryOperator operation;
  const Expression* operand;
};
enum class BinaryOperator : std::uint8_t {
  logical_or,
  logical_and,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  add,
  subtract,
  multiply,
  divide,
  remainder
};
struct Binary : Expression {
  BinaryOperator operation;
  const Expression* left;
  const Expression* right;
};
struct Conditional : Expression {
  const Expression* condition;
  const Expression* if_true;
  const Expression* if_false;
  bool templated;  ///< %{if}: both results are strings
};
struct Tuple : Expression {
  std::span<const Expression* const> elements;
};
struct ObjectItem {
  const Expression* key;  ///< a bare identifier is a string literal here
  const Expression* value;
};
struct Object : Expression {
  std::span<const ObjectItem> items;
};
enum class ForResult : std::uint8_t { tuple, object, text };
struct ForEach : Expression {
  ForResult result;
  bool group;     ///< {for … => v...}
  Name key_name;  ///< empty text if there is none
  Name value_name;
  const Expression* collection;
  const Expression* key;  ///< of an object, otherwise null
  const Expression* value;
  const Expression* condition;  ///< or null
};
struct Template : Expression {
  std::span<const Expression* const> parts;  ///< one string each, joined
};
struct Wrapped : Expression {  // also Parentheses
  const Expression* inner;
};

struct Attribute;
struct Block;

/// Attributes and blocks, each in the order of the source. An attribute given twice is an error already reported; the
/// first stays.
struct Body {
  std::span<const Attribute> attributes;
  std::span<const Block> blocks;
  Range range;  ///< what is between the braces, or the whole file

  /// The attribute of that name, or null.
  const Attribute* attribute(std::string_view name) const;
};

struct Attribute {
  Name name;
  const Expression* expression;
  Range range;  ///< name to end of expression
};

struct Block {
  Name type;
  std::span<const Name> labels;
  Body body;
  Range open_brace;
  Range close_brace;

  Range header() const { return join(type.range, labels.empty() ? type.range : labels.back().range); }
  Range range() const { return join(type.range, close_brace); }
};

}  // namespace hcl
