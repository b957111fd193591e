#pragma once

#include <string>

#include "core/frontend/options.h"
#include "core/hcl/diagnostics.h"
#include "core/recipe/recipe.h"

namespace frontend {

/// What a frontend can be asked instead of a build; `docker buildx build --call=outline`, `--check` and the like. The
/// answers have the shape of BuildKit's frontend/subrequests, version 1.0.0 each.
inline constexpr char request_describe[] = "frontend.subrequests.describe";
inline constexpr char request_lint[] = "frontend.lint";
inline constexpr char request_outline[] = "frontend.outline";
inline constexpr char request_targets[] = "frontend.targets";

/// Answers `options.request` about a recipe, which may be faulty, without anything being built: a result without images
/// whose metadata has "result.json", "result.txt" and, from lint, "result.statuscode".
/// Throws unsupported for a request that is not there.
Result answer(const Options& options, const std::shared_ptr<const hcl::File>& recipe);

}  // namespace frontend
