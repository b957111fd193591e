#pragma once

#include <string_view>

#include "core/hcl/budget.h"
#include "core/hcl/value.h"

namespace recipe {

/// One YAML 1.2 document (core schema, "<<" merges) as HCL has it: maps are objects, sequences tuples. Aliases count
/// against `budget` as what they repeat. Throws invalid with line and column: syntax, more than one document, other
/// tags, keys that are not scalars or given twice, infinities, nesting beyond 64.
hcl::Value decode_yaml(std::string_view text, hcl::Budget& budget);

}  // namespace recipe
