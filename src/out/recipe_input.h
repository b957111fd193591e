#pragma once

#include <filesystem>

#include "core/recipe/recipe.h"
#include "core/resource/request.h"

namespace out {

/// The recipe that the params name, loaded with its variables. Everything lies below `inputs` (the step's directory) or
/// is refused; warnings go to the log. Throws invalid with every problem of the recipe at once, not_found.
recipe::Recipe load_recipe(const resource::PutParams& params, const std::filesystem::path& inputs);

}  // namespace out
