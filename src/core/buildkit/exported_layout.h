#pragma once

#include <filesystem>
#include <string>

namespace buildkit {

/// Completes the image layout in `directory`, whose blobs have come from an engine: its index.json lists what the
/// engine says it has exported, a descriptor as JSON ("containerimage.descriptor" after base64, "cache.manifest").
/// Throws corrupt for JSON that is no descriptor; failed.
void finish_layout(const std::filesystem::path& directory, const std::string& descriptor, const std::string& tag);

}  // namespace buildkit
