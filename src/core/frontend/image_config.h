#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/name/platform.h"
#include "core/oci/config.h"
#include "core/recipe/recipe.h"

namespace frontend {

/// The image's config: the base's with the recipe's settings over it (what the recipe does not mention stays as it is),
/// without layers, which the exporter fills in. `created` is the build's epoch; `layers` says what made each layer over
/// the base's, for the history.
oci::ImageConfig image_config(const oci::ImageConfig& base, const recipe::Image& image, const name::Platform& platform,
                              std::chrono::sys_seconds created, const std::vector<std::string>& layers);

/// "2026-11-23T14:00:00Z"
std::string rfc3339(std::chrono::sys_seconds time);
/// Fractions are cut off; nullopt for what is no date in UTC or with an offset.
std::optional<std::chrono::sys_seconds> parse_rfc3339(std::string_view text);

}  // namespace frontend
