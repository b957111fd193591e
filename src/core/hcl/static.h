#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/hcl/ast.h"

namespace hcl {

/// A variable and the attributes and constant indexes after it: `local.a["b"][0]`.
struct Traversal {
  struct Step {
    Value key;  ///< a string for an attribute, a string or a number for an index
    Range range;
  };
  Name root;
  std::vector<Step> steps;
  Range range;
};

/// Every variable that `expression` reads and does not itself define (in a `for`), as far into it as is constant; in
/// the order of the source. `local.a[var.i]` gives `local.a` and `var.i`.
std::vector<Traversal> variables_of(const Expression& expression);

/// The operations of hclsyntax/spec.md "Static Analysis"; nullopt if the expression is not of that form.
std::optional<Traversal> static_traversal(const Expression& expression);
std::optional<std::span<const Expression* const>> static_list(const Expression& expression);
std::optional<std::span<const ObjectItem>> static_map(const Expression& expression);
const Call* static_call(const Expression& expression);
/// A bare word: a traversal of a root alone, or true, false, null.
std::optional<std::string_view> static_keyword(const Expression& expression);
/// A string without interpolations, or any other literal's own text.
std::optional<std::string_view> static_string(const Expression& expression);

}  // namespace hcl
