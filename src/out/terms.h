#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/bom/bill.h"
#include "core/oci/manifest.h"
#include "core/recipe/recipe.h"
#include "core/resource/request.h"

namespace out {

/// What a put adds to its recipe.
struct Terms {
  std::optional<recipe::Policy> policy;
  std::vector<bom::Bill> locks;
};

/// `policy` (the source's), which `recipe` is held to at once, and the bills that params.lock names below `inputs`.
/// Throws invalid with the place in the recipe, not_found.
Terms read_terms(std::optional<recipe::Policy> policy, const resource::PutParams& params,
                 const std::filesystem::path& inputs, const recipe::Recipe& recipe);

/// Config and layers.
std::uint64_t image_bytes(const oci::Manifest& manifest);

/// The one rule of both policies that needs the pushed image; nothing names it yet. `which` is how messages call it.
/// Throws invalid.
void check_size(const recipe::Recipe& recipe, const Terms& terms, const oci::Document& image, const std::string& which);

}  // namespace out
