#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "in/downloads.h"
#include "in/image.h"

namespace in {

/// The file `directory`/`name` of an image, read out of its layers without unpacking them: from the top down to the one
/// that brings, hides or replaces it, each read to its end and verified. Links are not followed. `scratch` has room for
/// a layer. nullopt if the image has no such file; throws corrupt when it is larger than `max_bytes`, and what reading
/// a layer throws.
std::optional<std::string> file_in_layers(const Line& line, const Image& image, const std::string& directory,
                                          const std::string& name, std::uint64_t max_bytes,
                                          const std::filesystem::path& scratch);

/// The same file of a tree that was unpacked; links on the way lead inside the tree.
std::optional<std::string> file_in_tree(const std::filesystem::path& root, const std::string& directory,
                                        const std::string& name, std::uint64_t max_bytes);

}  // namespace in
