#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/hcl/ast.h"
#include "core/hcl/budget.h"
#include "core/hcl/diagnostics.h"
#include "core/hcl/functions.h"
#include "core/hcl/value.h"

namespace hcl {

/// The variables and functions that an expression can see, and the budget that all evaluations in it share. Use from
/// one thread at a time.
class Scope {
 public:
  /// Borrows `functions`.
  explicit Scope(const FunctionTable& functions, const Limits& limits = {});
  /// A child: sees what `parent` sees, may hide it. Borrows `parent` and its budget.
  explicit Scope(const Scope* parent);

  /// Defines or replaces a variable of this scope.
  void set(std::string name, Value value);
  /// The nearest variable of that name; null if there is none.
  const Value* find(std::string_view name) const;
  /// All that can be seen, sorted.
  std::vector<std::string> names() const;

  const FunctionTable& functions() const { return *functions_; }
  Budget& budget() const { return *budget_; }

 private:
  const Scope* parent_ = nullptr;
  const FunctionTable* functions_;
  std::unique_ptr<Budget> own_budget_;
  Budget* budget_;
  std::map<std::string, Value, std::less<>> variables_;
};

/// The value of `expression` (hclsyntax/spec.md "Expressions"), its place that of the expression. What is wrong goes to
/// `diagnostics`, every independent mistake of the expression; the part that failed is then an unknown value.
Value evaluate(const Expression& expression, const Scope& scope, Diagnostics& diagnostics);

/// As evaluate(), converted to `type`; a value that does not convert is an error and gives an unknown of that type.
Value evaluate(const Expression& expression, const Type& type, const Scope& scope, Diagnostics& diagnostics);

}  // namespace hcl
