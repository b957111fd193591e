#pragma once

#include <string>

#include "core/resource/run.h"

namespace out {

/// put: pushes the image that a recipe describes, with its bill, or one that was built elsewhere. The order is what
/// makes it safe to kill at any moment: the image by digest, the bill as a referrer of that digest, and only then the
/// tags. Returns the reply for stdout. Throws base::Error.
std::string run(const resource::Call& call);

}  // namespace out
