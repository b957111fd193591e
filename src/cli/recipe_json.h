#pragma once

#include "core/json/decode.h"
#include "core/recipe/recipe.h"

namespace cli {

/// The evaluated recipe as `estaleiro config --json` prints it, by the names of the schema's table: a block that may
/// occur more than once is a list, its label a member. What is absent means "as in the base image". Each file tells
/// its "provenance"; "variables" are those that the recipe used.
json::Ordered to_json(const recipe::Recipe& recipe);

}  // namespace cli
