#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/frontend/build.h"
#include "core/frontend/options.h"

namespace frontend {

/// What a build gave.
struct Made {
  Result result;
  std::map<std::string, Built> built;  ///< by platform, as keyed in the result
};

/// The platforms to build for: those of the options, else the recipe's, else the locks', else the machine's own.
std::vector<name::Platform> choose_platforms(const Options& options, const recipe::Recipe& recipe,
                                             const std::vector<bom::Bill>& locks);

/// Builds what `options` ask for out of a recipe that the caller has at hand: every platform, the target, the
/// attestations. Labels and named contexts of the options go over the recipe's own. With `locks`, bills of earlier
/// builds, each platform is built from its own without resolving anything; which platforms, they say too unless options
/// or recipe do. `common` has what else holds for every platform: what `options` speak of is not looked at in it.
/// Throws as build_image does, invalid for a platform that no lock is for.
Made make(Gateway& gateway, recipe::Recipe recipe, const Options& options, BuildContext context,
          const std::vector<bom::Bill>& locks = {}, const BuildOptions& common = {});

/// The whole of a frontend: reads the options, then recipe and ignore file out of the caller's directories, and builds
/// or answers. Warnings go to the engine. Throws LocatedError for what a place in the recipe is to blame for.
Result run(Gateway& gateway, const std::map<std::string, std::string>& given);

}  // namespace frontend
