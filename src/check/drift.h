#pragma once

#include <functional>
#include <stop_token>
#include <string_view>

#include "check/modes.h"
#include "core/remote/repository.h"

namespace check {

/// source.rebuild_on: one version when the image that source.tag names would be another if it were built again, by what
/// its bill says and what the base's registry and the package archives say today; else the version that is known, or
/// none. Version::drift says why; the same reasons give the same version.
/// What was learnt of an archive's state is remembered: as long as nothing changes, a check costs one request for the
/// tag, those for the bill, one for the base, and an InRelease for each repository.
/// Throws not_found when the image has no bill, and what registry::Puller and upgrades_in throw.
Versions drift_versions(const Lookup& lookup, const resource::Source& source,
                        const std::optional<resource::Version>& known, const remote::Repository& repository,
                        Memory& memory, const std::function<void(std::string_view)>& log, std::stop_token stop);

}  // namespace check
