#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/llb/output.h"

// Changes to a tree that need no command: the engine does them itself, in one vertex. Paths count from the tree's root,
// with or without a leading '/'.
namespace llb {

using FileTime = std::chrono::sys_time<std::chrono::nanoseconds>;

/// By number, or by a name of the base tree's /etc/passwd and /etc/group. Absent = keep (copy), or root.
struct Owner {
  using Id = std::variant<std::uint32_t, std::string>;
  std::optional<Id> user, group;
};

struct CopyOptions {
  std::optional<std::uint32_t> mode;          ///< permission bits for all that is copied; absent = keep
  std::optional<Owner> owner;                 ///< absent = keep
  std::optional<FileTime> time;               ///< absent = keep
  bool create_destination = true;             ///< make missing directories above the destination
  bool contents_only = false;                 ///< of a directory: what is in it, not the directory itself
  bool follow_symlink = false;                ///< when the source itself is a symlink
  bool wildcard = false;                      ///< the source may hold '*', '?' and '[…]'
  bool allow_no_match = false;                ///< with `wildcard`: nothing matched is fine
  bool unpack = false;                        ///< the source is a tar archive, compressed or not: copy what is in it
  std::vector<std::string> include, exclude;  ///< patterns within the source, as in .dockerignore
};

struct MkfileOptions {
  std::uint32_t mode = 0644;
  std::optional<Owner> owner;
  std::optional<FileTime> time;  ///< absent = now
};

struct MkdirOptions {
  std::uint32_t mode = 0755;
  bool parents = false;  ///< make missing ones above it, and do not mind if it exists
  std::optional<Owner> owner;
  std::optional<FileTime> time;  ///< absent = now
};

struct RmOptions {
  bool allow_missing = false;
  bool wildcard = false;
};

struct SymlinkOptions {
  std::optional<Owner> owner;
  std::optional<FileTime> time;  ///< absent = now
};

/// Without this engine capability (Gateway::capabilities) a graph with a symlink action is refused.
inline constexpr char symlink_capability[] = "file.symlink.create";

/// One change, made by the functions below.
struct FileAction {
  struct Copy {
    Output source;
    std::string from, to;
    CopyOptions options;
  };
  struct Mkfile {
    std::string path, data;
    MkfileOptions options;
  };
  struct Mkdir {
    std::string path;
    MkdirOptions options;
  };
  struct Rm {
    std::string path;
    RmOptions options;
  };
  struct Symlink {
    std::string target, path;
    SymlinkOptions options;
  };
  std::variant<Copy, Mkfile, Mkdir, Rm, Symlink> action;
};

/// Copies `from` of `source`, a file or a directory, to `to`. When `to` ends in '/' or is a directory, into it.
FileAction copy(Output source, std::string from, std::string to, CopyOptions options = {});
FileAction mkfile(std::string path, std::string data, MkfileOptions options = {});
FileAction mkdir(std::string path, MkdirOptions options = {});
/// A file, or a directory with all that is in it.
FileAction rm(std::string path, RmOptions options = {});
/// A link at `path` that holds `target`, as it is.
FileAction symlink(std::string target, std::string path, SymlinkOptions options = {});

/// `base` with the changes made in order, as one layer. No action = `base` itself. Throws invalid for text that is not
/// UTF-8.
Output file(const Output& base, const std::vector<FileAction>& actions, const Metadata& metadata = {});

}  // namespace llb
