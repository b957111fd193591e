#pragma once

#include "core/frontend/recording.h"
#include "core/name/platform.h"
#include "core/recipe/recipe.h"

namespace frontend {

/// The graph that a recipe will lead to, as far as it can be told without an engine: nothing is asked, read or run.
/// What only a build finds out stands there by name alone: digests of images are zero, each package of the recipe is
/// one to fetch (those that they need are not known yet), a Dockerfile step is one vertex. Throws invalid.
BuildGraph plan_graph(const recipe::Recipe& recipe, const name::Platform& platform);

}  // namespace frontend
