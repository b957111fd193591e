#pragma once

#include <sys/stat.h>

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/buildkit/path_filter.h"

namespace buildkit {

/// One entry of a tree as it is found on disk.
struct Entry {
  std::string_view directory;  ///< path of the directory that holds it, "" = the root
  std::string_view name;
  std::string_view path;  ///< both, joined with '/'
  struct stat status;
  std::string target;                                           ///< of a symlink
  std::vector<std::pair<std::string, std::string>> attributes;  ///< extended ones
};

/// Visits what the filters choose, and the directories that lead there, depth first, names in byte order within each
/// directory, the root itself not. `visit` must not keep the views. Opens everything relative to `root` and follows no
/// symlink; what vanishes meanwhile is left out. Holds the names of the directories on the way and at most 64 open
/// descriptors. Throws denied or failed for what cannot be read, cancelled when stopped.
void walk(int root, const std::vector<const PathFilter*>& filters, const std::stop_token& stop,
          const std::function<void(const Entry&)>& visit);

}  // namespace buildkit
