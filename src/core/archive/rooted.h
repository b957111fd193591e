#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fd.h"

namespace archive {

/// Opens directories below a root as if that root were "/": symbolic links on the way are followed inside it, absolute
/// ones from the root, and ".." stops there. Nobody else may change the tree meanwhile.
class Rooted {
 public:
  /// Borrows `root`.
  explicit Rooted(int root);

  /// The directory `path` (clean, relative; empty for the root), or none if it does not exist. Throws corrupt if
  /// something on the way is no directory or links go in circles; denied, failed.
  base::Fd open(const std::string& path);

  /// As open, but makes what is missing, mode 0755, also where a symbolic link points to nothing. `made` is told each
  /// directory made: the inode of the one it is in, its descriptor and its name.
  base::Fd open_or_make(const std::string& path, const std::function<void(ino_t, int, std::string_view)>& made);

 private:
  base::Fd walk(std::string_view path, const std::function<void(ino_t, int, std::string_view)>* made);

  int root_;
  dev_t root_device_;
  ino_t root_inode_;
  bool kernel_resolves_ = true;  // openat2(2), Linux 5.6
};

}  // namespace archive
