#pragma once

#include <sys/types.h>

#include <string>

#include "core/archive/layer_applier.h"
#include "core/archive/tar_entry.h"

namespace archive {

/// Gives files the owner, mode, extended attributes and mtime that a layer states, in the order that keeps all of them
/// (chown clears setuid bits and capabilities), with as few system calls as do it.
class Attributes {
 public:
  /// Borrows both.
  Attributes(const ApplyOptions& options, Skipped& skipped);

  /// Permissions for open(2) that need no chmod later more often than not.
  mode_t initial_mode(const Entry& entry) const { return entry.mode & 0777; }

  /// For a file that was just made by this process with initial_mode, its contents written. `gives_group`: the
  /// directory it is in has the setgid bit.
  void finish_file(int fd, const Entry& entry, bool gives_group);

  /// Owner, mode and extended attributes of a directory, not its mtime. `fresh`: just made, without attributes.
  void set_directory(int fd, const Entry& entry, bool fresh);

  /// For a symbolic link, fifo or device that was just made as `name` in `directory`.
  void finish_special(int directory, const std::string& name, const Entry& entry, bool gives_group);

  /// What mode the layer's mode becomes: directories stay accessible to a process that is not root.
  mode_t directory_mode(const Entry& entry) const;

 private:
  struct Owner {
    uid_t uid;
    gid_t gid;
  };
  Owner owner_of(const Entry& entry) const;
  bool is_own(const Owner& owner) const;
  void set_xattrs(const Entry& entry, const std::function<int(const char*, const std::string&)>& set);
  void remove_old_xattrs(int fd, const Entry& entry);

  const ApplyOptions& options_;
  Skipped& skipped_;
  bool chown_;
  bool root_;
  uid_t uid_;
  gid_t gid_;
  mode_t umask_;
};

/// Counts what could not be done, with its name if there is room for an example.
void skip(Skipped& skipped, std::uint64_t& counter, const std::string& what);

}  // namespace archive
