#pragma once

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/base/fd.h"

namespace support {

/// One line on type, size, contents, links, mode, owner, mtime and extended attributes.
inline std::string describe(const std::filesystem::path& path) {
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) return "missing";
  std::array<char, 64> mode;
  std::snprintf(mode.data(), mode.size(), "%04o %u:%u", status.st_mode & 07777, status.st_uid, status.st_gid);
  std::string out;
  if (S_ISREG(status.st_mode)) {
    out = "file " + std::to_string(status.st_size) + " " +
          base::sha256(base::read_file(path, 1 << 30)).text().substr(7, 12) + " links " +
          std::to_string(status.st_nlink);
  } else if (S_ISDIR(status.st_mode)) {
    out = "directory";
  } else if (S_ISLNK(status.st_mode)) {
    out = "link to " + std::filesystem::read_symlink(path).string();
  } else if (S_ISFIFO(status.st_mode)) {
    out = "fifo";
  } else {
    out = "device " + std::to_string(major(status.st_rdev)) + ":" + std::to_string(minor(status.st_rdev));
  }
  out += std::string(" ") + mode.data();
  std::array<char, 64> time;
  std::snprintf(time.data(), time.size(), " @%lld.%09ld", static_cast<long long>(status.st_mtim.tv_sec),
                status.st_mtim.tv_nsec);
  out += time.data();
  std::set<std::string> xattrs;  // the kernel gives them in any order
  std::array<char, 4096> names;
  ssize_t size = ::llistxattr(path.c_str(), names.data(), names.size());
  for (ssize_t at = 0; at < size;) {
    std::string name(names.data() + at);
    at += static_cast<ssize_t>(name.size()) + 1;
    std::array<char, 4096> value;
    ssize_t length = std::max<ssize_t>(0, ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size()));
    xattrs.insert(name + "=" + base::to_hex(std::as_bytes(std::span(value.data(), static_cast<std::size_t>(length)))));
  }
  for (const auto& xattr : xattrs) out += " " + xattr;
  return out;
}

/// What a tree on disk holds, each path with its description. Two trees are alike if these maps are equal.
inline std::map<std::string, std::string> tree(const std::filesystem::path& root) {
  std::map<std::string, std::string> out{{".", describe(root)}};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
    out[entry.path().lexically_relative(root)] = describe(entry.path());
  return out;
}

/// The paths alone, those in the root without "./".
inline std::vector<std::string> paths(const std::filesystem::path& root) {
  std::vector<std::string> out;
  for (const auto& [path, line] : tree(root))
    if (path != ".") out.push_back(path);
  return out;
}

}  // namespace support
