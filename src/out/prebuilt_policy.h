#pragma once

#include "core/recipe/policy.h"
#include "out/prebuilt.h"

namespace out {

/// Holds an image that no recipe describes to source.policy: its user and its size, of each platform's. Throws denied
/// for what is not allowed, and for a row that only a recipe or a bill of materials can answer; corrupt.
void check_prebuilt(const recipe::Policy& policy, const Prebuilt& image);

}  // namespace out
