#pragma once

#include <map>
#include <string>

#include "core/frontend/build.h"
#include "core/frontend/options.h"

namespace frontend {

/// What a build gave.
struct Made {
  Result result;
  std::map<std::string, Built> built;  ///< by platform, as keyed in the result
};

/// Builds what `options` ask for out of a recipe that the caller has at hand: every platform, the target, the
/// attestations. Labels and named contexts of the options go over the recipe's own. Throws as build_image does.
Made make(Gateway& gateway, recipe::Recipe recipe, const Options& options, BuildContext context);

/// The whole of a frontend: reads the options, then recipe and ignore file out of the caller's directories, and builds
/// or answers. Warnings go to the engine. Throws LocatedError for what a place in the recipe is to blame for.
Result run(Gateway& gateway, const std::map<std::string, std::string>& given);

}  // namespace frontend
