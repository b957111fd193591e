#pragma once

#include <string_view>

#include "core/hcl/ast.h"
#include "core/hcl/value.h"

namespace hcl {

/// The operators of the language on values (hclsyntax/spec.md "Operations", "Index Operator", "Attribute Access
/// Operator"). Unknown operands give unknown results. Each throws invalid for what the operator does not apply to.

Value negate(const Value& operand);
Value logical_not(const Value& operand);
Value arithmetic(BinaryOperator operation, const Value& left, const Value& right);
Value compare(BinaryOperator operation, const Value& left, const Value& right);
/// && and ||: one operand that decides is enough.
Value logic(BinaryOperator operation, const Value& left, const Value& right);
/// ==, for values of any types.
Value equal(const Value& left, const Value& right);

Value attribute_of(const Value& object, std::string_view name);
Value element_of(const Value& collection, const Value& key);

}  // namespace hcl
