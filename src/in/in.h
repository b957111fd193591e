#pragma once

#include <string>

#include "core/resource/run.h"

namespace in {

/// The `in` command: fetches version.digest into arguments[0] in the format that params.format names, and returns the
/// reply. What it writes is complete or not there: the image first, under its final name only when whole and verified,
/// then the small files. Throws invalid, not_found, and what registry and archive throw.
std::string run(const resource::Call& call);

}  // namespace in
