#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace base {

/// The real path of `relative` below `root`, all symlinks resolved. Throws invalid for an absolute path and for one
/// that leads out of `root`, `..` and symlinks included; not_found, denied. `what` names the setting: "params.context".
std::filesystem::path path_inside(const std::filesystem::path& root, const std::string& relative,
                                  const std::string& what);

/// The bytes of such a file, at most `max_bytes`.
std::string read_file_inside(const std::filesystem::path& root, const std::string& relative, const std::string& what,
                             std::uint64_t max_bytes);

}  // namespace base
