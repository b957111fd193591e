#pragma once

#include <string>

#include "core/registry/puller.h"
#include "core/resource/run.h"

namespace check {

/// What a tag points at now, after the version that is known if that still exists; empty when the tag does not exist.
/// Oldest first. Throws what registry::Puller throws.
std::vector<resource::Version> tag_versions(const registry::Puller& puller, const std::string& tag,
                                            const std::optional<resource::Version>& known, std::stop_token stop);

/// check: the reply for stdout. Throws base::Error.
std::string run(const resource::Call& call);

}  // namespace check
