#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/oci/layout.h"

namespace out {

/// Where the members of an uncompressed tar lie, so that they can be read in any order without unpacking. Thread-safe.
class TarIndex {
 public:
  /// Reads the headers only. Throws invalid for a compressed file or more than 100,000 members, corrupt for what is no
  /// tar.
  explicit TarIndex(const std::filesystem::path& file);

  bool has(std::string_view name) const { return members_.contains(std::string(name)); }
  /// A file by its name ("a/b", whether stored as "./a/b" or not), symbolic and hard links followed inside the tar;
  /// nullopt if there is none. Throws corrupt for links in a circle and for what is no file.
  std::optional<oci::LayoutFile> open(const std::string& name) const;

 private:
  struct Member {
    std::uint64_t offset = 0, size = 0;
    bool is_file = false;
    std::string link = {};  ///< where a link leads, from the root of the tar; "" for no link
  };
  base::Fd fd_;
  std::map<std::string, Member> members_;
};

/// The same part of the same file, once more.
oci::LayoutFile share(const oci::LayoutFile& file);

}  // namespace out
