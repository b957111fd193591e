#pragma once

#include <string_view>

#include "core/bom/bill.h"
#include "core/hcl/diagnostics.h"
#include "core/oci/config.h"
#include "core/recipe/recipe.h"

namespace frontend {

/// Adds an error for each row of `policy` that the built image breaks, as its bill shows it: repositories and keys,
/// licences, sources, set-id files, the user, unexplained paths. The errors point at the recipe where it brought the
/// matter in, else they name the path or package of the image; `whose` says where the policy comes from. What a row
/// asks and the bill cannot answer is an error too. (What the recipe alone decides is recipe::check_policy's; max_size
/// is known only when the image is pushed.)
void check_policy(const recipe::Recipe& recipe, const recipe::Policy& policy, std::string_view whose,
                  const bom::Bill& bill, const oci::ImageConfig& config, hcl::Diagnostics& diagnostics);

}  // namespace frontend
