#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/buildkit/name_list.h"

namespace buildkit {

/// Remembers which file each id of a transfer means, in about 12 bytes and the letters of its name, so that a million
/// files fit. Thread-safe.
class SentFiles {
 public:
  struct File {
    std::string directory;  ///< "" = the root
    std::string name;
    std::uint64_t size;

    std::string path() const { return directory.empty() ? name : directory + "/" + name; }
  };

  /// Ids count up from 0 with every call of either. Files of one directory come one after the other.
  void add_file(std::string_view directory, std::string_view name, std::uint64_t size);
  void add_other();
  /// Whether the id is a file's that was not claimed before: content is asked for once.
  bool claim(std::uint32_t id);
  /// The file of a claimed id.
  File get(std::uint32_t id) const;

 private:
  mutable std::mutex mutex_;
  Blocks blocks_;
  std::deque<const char*> directories_;
  std::deque<const char*> records_;  ///< by id: directory's number and size as varints, then the name up to a NUL
  std::vector<bool> claimed_;
};

}  // namespace buildkit
