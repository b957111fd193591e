#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace base {

/// A regular file of this user that nobody else can read or write, of at most `max_bytes`; "" for any other, and for
/// none. What lies in a directory that others write to (/var/tmp) is believed only then.
std::string read_private_file(const std::filesystem::path& file, std::uint64_t max_bytes);

}  // namespace base
