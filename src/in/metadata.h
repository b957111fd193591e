#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/resource/run.h"

namespace in {

/// The entries whose key matches `regex` (RE2, anywhere in the key), by key. `field` names it in errors:
/// "source.label_regex". Throws invalid for a pattern that is none.
resource::Metadata matching(const std::map<std::string, std::string>& entries, const std::string& regex,
                            std::string_view field);

}  // namespace in
