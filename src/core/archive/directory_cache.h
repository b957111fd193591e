#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/archive/rooted.h"
#include "core/archive/tar_entry.h"
#include "core/base/fd.h"

namespace archive {

/// A directory of the tree, open, with the mtime it is to have: putting files into it changes the one on disk.
class OpenDirectory {
 public:
  explicit OpenDirectory(base::Fd fd);
  OpenDirectory(const OpenDirectory&) = delete;
  OpenDirectory& operator=(const OpenDirectory&) = delete;

  int fd() const { return fd_.get(); }
  ino_t inode() const { return inode_; }
  dev_t device() const { return device_; }
  /// New entries take their group from the directory, not from the process.
  bool gives_group() const { return gives_group_; }
  void set_gives_group(bool gives) { gives_group_ = gives; }

  /// To be called before anything is put into or taken out of the directory.
  void touch() { touched_ = true; }
  void set_mtime(const FileTime& mtime);
  /// Writes the mtime, if something has changed it.
  void restore();

 private:
  base::Fd fd_;
  ino_t inode_ = 0;
  dev_t device_ = 0;
  FileTime mtime_;
  bool gives_group_ = false;
  bool touched_ = false;
};

/// The directories last used, by the path under which they were asked for. A directory that leaves the cache gets its
/// mtime back, so whatever is not in here is already right on disk: a tree of any size takes the same memory.
class DirectoryCache {
 public:
  using Made = std::function<void(ino_t, int, std::string_view)>;

  /// Borrows `root`. `made` is told each directory that get_or_make had to make (see Rooted::open_or_make).
  DirectoryCache(int root, Made made);

  /// The directory `path`; none if it does not exist. What is returned stays open while it is held.
  std::shared_ptr<OpenDirectory> get(const std::string& path);
  std::shared_ptr<OpenDirectory> get_or_make(const std::string& path);
  /// The directory `name` in `parent`, just made or known to be one, which is found as `path` from then on.
  std::shared_ptr<OpenDirectory> enter(OpenDirectory& parent, const std::string& name, const std::string& path);

  /// To be called when a directory or symbolic link has gone: paths may lead elsewhere then.
  void forget_paths() { stale_ = true; }
  /// Writes all mtimes and closes everything. Throws failed.
  void flush();

 private:
  struct Slot {
    std::string path;
    std::shared_ptr<OpenDirectory> directory;
    std::uint64_t used = 0;
  };

  Slot* find(const std::string& path);
  std::shared_ptr<OpenDirectory> insert(const std::string& path, base::Fd fd);
  void release(Slot& slot);

  Rooted rooted_;
  Made made_;
  std::vector<Slot> slots_;
  std::size_t last_ = 0;
  std::uint64_t clock_ = 0;
  bool stale_ = false;
};

}  // namespace archive
