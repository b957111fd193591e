#pragma once

#include <map>
#include <string>

#include "core/bom/bill.h"
#include "core/llb/output.h"
#include "core/recipe/recipe.h"

namespace frontend {

/// Which package of the lock each from_package block means.
using LockedBlocks = std::map<const recipe::FromPackage*, const bom::Package*>;

/// Where to fetch each package of a lock from today.
struct LockedInputs {
  /// The .deb as a file of its own in a tree, by digest.
  std::map<std::string, llb::Output> debs;
  std::map<std::string, std::string> file_names;  ///< in that tree, by digest
};

}  // namespace frontend
