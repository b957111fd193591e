#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bom {

/// A licence expression (SPDX 2.3, annex D). A leaf's `license` may carry its exception: "GPL-2.0-only WITH Classpath-
/// exception-2.0".
struct Expression {
  enum class Operator { leaf, all_of, any_of };
  Operator op = Operator::leaf;
  std::string license;
  std::vector<Expression> parts;
  bool operator==(const Expression&) const = default;
};

/// Joins equal operators and drops repetitions; parts are sorted as text. One part stands for itself; none is a leaf
/// with an empty licence.
Expression combine(Expression::Operator op, std::vector<Expression> parts);

/// "A AND (B OR C)"
std::string to_text(const Expression& expression);

/// Throws invalid quoting what cannot be read: unbalanced parentheses, an operator without operands, characters that no
/// licence has; more than 10,000 words or 50 levels.
Expression parse_expression(std::string_view text);

/// Whether the expression can be satisfied by licences that `allowed` accepts: all of AND, one of OR.
bool satisfied(const Expression& expression, const std::function<bool(const std::string&)>& allowed);

/// All licences of the expression, each once, sorted.
std::vector<std::string> licenses_of(const Expression& expression);

}  // namespace bom
