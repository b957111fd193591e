#pragma once

#include "core/hcl/functions.h"

namespace recipe {

/// What a recipe can call: hcl's functions and yamldecode. Made at the first call; thread-safe.
const hcl::FunctionTable& functions();

}  // namespace recipe
