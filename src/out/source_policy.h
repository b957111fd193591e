#pragma once

#include "core/json/decode.h"
#include "core/recipe/policy.h"

namespace out {

/// `source.policy`: the rows of a recipe's `policy` block, for all that is put through this resource. Both hold, so the
/// stricter wins. nullopt without one. Throws invalid with the path of the row.
std::optional<recipe::Policy> decode_policy(const json::Value& value);

}  // namespace out
