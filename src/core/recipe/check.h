#pragma once

#include "core/hcl/diagnostics.h"
#include "core/recipe/recipe.h"

namespace recipe {

/// Joins what belongs together (each file with its step or tarball and its source) and reports what only the whole
/// recipe shows: unknown and unused steps, files without source, clashes, refs that move, the recipe's own policy.
void check(Recipe& recipe, hcl::Diagnostics& diagnostics);

}  // namespace recipe
