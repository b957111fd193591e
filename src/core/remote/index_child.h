#pragma once

#include <stop_token>
#include <string>

#include "core/name/platform.h"
#include "core/resource/request.h"

namespace remote {

/// `source` (without a repository: nobody's) for another repository: its credentials and certificates go along only to
/// the registry that they are for.
resource::Source source_for(const resource::Source& source, const std::string& repository);

/// The digest of the manifest for `platform` in the index that `canonical_name` ("registry/name:tag@sha256:…") names;
/// "" when that is no index, or cannot be asked: it is a hint for people and programs, which no build may fail for.
std::string platform_manifest(const resource::Source& source, const std::string& canonical_name,
                              const name::Platform& platform, std::stop_token stop);

}  // namespace remote
