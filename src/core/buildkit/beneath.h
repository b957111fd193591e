#pragma once

#include <fcntl.h>

#include <filesystem>
#include <string>

#include "core/base/fd.h"

namespace buildkit {

/// Opens the inner path `path` ("" = the directory itself) below the directory `root`, close-on-exec, following no
/// symlink in any component. An empty Fd and errno on failure: ELOOP or ENOTDIR where a symlink stands in the way.
base::Fd open_beneath(int root, const std::string& path, int flags, mode_t mode = 0);

/// Opens a directory for reading. With `inside`, `directory` is relative to it and must not lead out of it, neither by
/// ".." nor by a symlink. Throws not_found, denied, invalid (leads out, no directory), failed.
base::Fd open_root(const std::filesystem::path& directory, const std::filesystem::path& inside = {});

}  // namespace buildkit
