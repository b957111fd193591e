#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/archive/byte_sink.h"
#include "core/archive/decompress.h"
#include "core/archive/tar_reader.h"
#include "core/base/digest.h"

namespace archive {

struct MemberLimits {
  std::uint64_t max_bytes = std::uint64_t{4} << 30;  ///< of one member, holes included
  std::uint64_t max_names_bytes = 16 << 20;          ///< of all names together
  ExpansionLimits expansion;
  TarLimits tar;
};

/// A member's name as people write it: without "./" and "/" in front, without doubled or final "/".
std::string member_name(std::string_view stored);

/// The names (see member_name) of all members of a tarball, directories included, in its order. `tarball` is a file,
/// compressed in any way that `decompressed` knows or not at all. Throws corrupt, and what opening a file throws.
std::vector<std::string> member_names(const std::filesystem::path& tarball, const MemberLimits& limits = {});

struct Member {
  Entry entry;          ///< of the file found; for a hard link the entry of the file that it names
  base::Digest digest;  ///< of its contents, holes as zeros
};

/// The file `name` of a tarball (see member_names). Of members with the same name the last counts, as for tar -x; hard
/// links are followed. Reads the whole tarball, twice for a hard link. Throws not_found, with the nearest name in its
/// fix; invalid when `name` is a directory, symbolic link or device; corrupt when the tarball is damaged or the member
/// is larger than max_bytes.
Member find_member(const std::filesystem::path& tarball, std::string_view name, const MemberLimits& limits = {});

/// Passes the contents of a member that find_member found to `out`, holes as zeros.
void extract_member(const std::filesystem::path& tarball, const Member& member, ByteSink& out,
                    const MemberLimits& limits = {});

}  // namespace archive
