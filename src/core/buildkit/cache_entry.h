#pragma once

#include <string>

#include "core/buildkit/build.h"

namespace buildkit {

enum class CacheUse { import, export_ };

/// "type=registry,ref=…", or a reference alone, as buildx writes a cache; `what` ("--cache-from", "params.cache_from")
/// begins the messages. Throws invalid.
CacheEntry parse_cache_entry(const std::string& text, const std::string& what);

/// Throws invalid for a type that BuildKit does not have, and where an attribute is missing that the type needs or that
/// has another than its few values. Makes the secret attributes known to base::redactor().
void check_cache_entry(const CacheEntry& entry, CacheUse use, const std::string& what);

}  // namespace buildkit
