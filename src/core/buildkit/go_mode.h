#pragma once

#include <sys/stat.h>

#include <cstdint>

namespace buildkit {

/// Go's os.FileMode, which stands in every fsutil Stat, from st_mode and back. Sockets lose their type, as upstream.
std::uint32_t to_go_mode(mode_t mode);
mode_t from_go_mode(std::uint32_t mode);

/// A regular file: what content can be asked for.
bool is_regular_go_mode(std::uint32_t mode);

}  // namespace buildkit
