#pragma once

#include "core/llb/definition.h"
#include "core/recipe/recipe.h"

namespace frontend {

/// Throws denied, at the step, when `graph` asks for a secret or an ssh agent that the recipe does not let the step
/// have: a Dockerfile must not be able to take more than its recipe says.
void check_access(const recipe::Recipe& recipe, const recipe::Step& step, const llb::Definition& graph);

}  // namespace frontend
