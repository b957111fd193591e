#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace archive {

enum class EntryType { file, directory, symlink, hardlink, character_device, block_device, fifo };

/// "file", "directory", "symbolic link", …
std::string_view name_of(EntryType type);

/// A point in time, as POSIX has it: nanoseconds count forward, also before 1970.
struct FileTime {
  std::int64_t seconds = 0;
  std::uint32_t nanoseconds = 0;  ///< below 1,000,000,000
  bool operator==(const FileTime&) const = default;
};

/// Bytes of a sparse file that are there; the others are zeros.
struct Segment {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  bool operator==(const Segment&) const = default;
};

/// What a tar says of one file, extensions (PAX, GNU) merged.
struct Entry {
  std::string name;  ///< as stored: may be absolute, hold "..", end in "/"; never empty, never with NUL
  EntryType type = EntryType::file;
  std::uint32_t mode = 0;  ///< the lower 12 bits only
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t size = 0;  ///< of the contents as read, holes included; 0 for anything but a file
  FileTime mtime;
  std::string link_name;  ///< for symbolic and hard links; never with NUL
  std::map<std::string, std::string> xattrs;
  std::uint32_t device_major = 0;
  std::uint32_t device_minor = 0;
  bool sparse = false;
  std::vector<Segment> segments;  ///< of a sparse file: ascending, without overlap, within `size`
  std::uint64_t offset = 0;       ///< of its (first extension) header in the archive
};

}  // namespace archive
