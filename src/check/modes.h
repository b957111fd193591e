#pragma once

#include <optional>
#include <vector>

#include "check/lookup.h"
#include "core/http/retry.h"
#include "core/resource/request.h"

namespace check {

using Versions = std::vector<resource::Version>;  ///< oldest first

/// source.platform, else this machine's.
name::Platform wanted_platform(const resource::Source& source);

/// source.tag: what the tag names now, after the version that is known if the registry still has it; empty when the tag
/// does not exist. With source.detect_rollbacks a move is a version of its own: `now` tells it from an earlier one.
Versions tag_versions(const Lookup& lookup, const resource::Source& source,
                      const std::optional<resource::Version>& known, std::chrono::sys_seconds now);

/// source.tag_regex: every tag in which the expression is found, in the registry's order, or by the time the images
/// were made. Throws invalid for what is no expression.
Versions regex_versions(const Lookup& lookup, const resource::Source& source);

/// Without either: tags that are semantic versions, by precedence, each digest once, under its most telling name; then
/// the bare tag ("latest", or the variant's name) if it is none of them. From `known` on, as long as that stands.
Versions semver_versions(const Lookup& lookup, const resource::Source& source,
                         const std::optional<resource::Version>& known, http::Clock& clock);

}  // namespace check
