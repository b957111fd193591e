#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/archive/tar_entry.h"

namespace archive {

inline constexpr std::size_t tar_block_bytes = 512;
using TarBlock = std::array<std::byte, tar_block_bytes>;

/// One header block, fields decoded, before any extension is taken into account (POSIX.1-2001 pax, "ustar Interchange
/// Format"; GNU tar and star where they differ).
struct TarHeader {
  std::string name;
  std::string link_name;
  char type = '0';
  std::uint32_t mode = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t size = 0;  ///< of what follows the header
  std::int64_t mtime = 0;
  std::uint32_t device_major = 0;
  std::uint32_t device_minor = 0;
};

bool all_zero(const TarBlock& block);

/// The characters of a field.
std::string_view tar_field(const TarBlock& block, std::size_t offset, std::size_t size);

/// A field's number: octal digits between blanks and NULs, or base-256 (GNU) when the top bit is set. An empty field is
/// 0. Throws corrupt, calling it `what`.
std::int64_t tar_number(std::string_view field, std::string_view what);

/// Throws corrupt if `value` is not below 2^32 - 1, the last being no id (chown(2)).
std::uint32_t tar_id(std::int64_t value, std::string_view what);

/// Throws corrupt for a wrong checksum or a field that is no number.
TarHeader parse_tar_header(const TarBlock& block);

}  // namespace archive
