#pragma once

#include <functional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "core/buildkit/connection.h"

namespace buildkit {

/// Runs `build` on the first of `endpoints` (one at least) that answers. When it throws EngineLost, it runs once more,
/// on the next one that answers: what it does must be safe to do twice. `log` gets a line for each engine that is left,
/// with the reason, and one for the engine that builds, unless there is only one to choose from.
/// Throws what `build` throws, cancelled, and when no engine is left to try unavailable, with what each one said; a
/// single endpoint's own error comes as it is.
void build_on_first_alive(const std::vector<Endpoint>& endpoints, const std::function<void(const Connection&)>& build,
                          const std::function<void(std::string_view)>& log, std::stop_token stop);

}  // namespace buildkit
