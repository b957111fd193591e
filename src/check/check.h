#pragma once

#include <string>

#include "core/resource/run.h"

namespace check {

/// check: the reply for stdout. Throws base::Error.
std::string run(const resource::Call& call);

}  // namespace check
