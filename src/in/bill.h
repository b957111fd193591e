#pragma once

#include <filesystem>

#include "core/oci/manifest.h"
#include "core/resource/request.h"
#include "in/downloads.h"

namespace in {

/// Writes bom.yml, the bill of materials that refers to `document` or, for an index, to its manifest for
/// `platform`, as params.bom says: "required" and "only" throw not_found when there is none, "optional" goes on
/// without, "skip" asks nobody, nor does "optional" with skip_download.
void write_bill(const Line& line, const resource::GetParams& params, const oci::Document& document,
                const name::Platform& platform, const std::filesystem::path& destination);

}  // namespace in
