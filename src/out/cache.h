#pragma once

#include <filesystem>
#include <vector>

#include "core/buildkit/build.h"
#include "core/name/reference.h"
#include "core/resource/request.h"

namespace out {

/// Caches beside the engine's own.
struct Caches {
  std::vector<buildkit::CacheEntry> imports, exports;
};

/// What params.cache (else source.buildkit.cache) reads and writes, and params.cache_from and cache_to. A registry
/// cache without `ref` is the tag `buildcache` of `repository`; directories lie below `inputs`, and one that is not
/// there yet is not read. Throws invalid with the path of the field.
Caches read_caches(const resource::Source& source, const resource::PutParams& params,
                   const name::Repository& repository, const std::filesystem::path& inputs);

}  // namespace out
