#pragma once

#include <string>

#include "core/term/build_status.h"

namespace cli {

/// A build's status as one line of JSON in the words of BuildKit's rawjson: vertexes, statuses, logs (base64),
/// warnings; times as RFC 3339 with nanoseconds.
std::string status_json(const term::BuildStatus& status);

}  // namespace cli
