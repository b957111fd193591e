#include "core/archive/remove_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <vector>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"

namespace archive {
namespace {

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
/// Deeper directories are first moved up, so that depth does not become open files.
constexpr std::size_t max_levels_removed = 64;
constexpr int max_levels_kept = 512;

base::Error remove_error(std::string_view name, int error) {
  return base::errno_error("remove " + base::quoted(name), error);
}

/// Reads a directory's names; owns a descriptor for it.
class Listing {
 public:
  Listing(int parent, const std::string& name) {
    base::Fd fd(::openat(parent, name.c_str(), directory_flags));
    if (!fd && errno == EACCES && ::fchmodat(parent, name.c_str(), 0700, 0) == 0)  // ours, but closed to us
      fd = base::Fd(::openat(parent, name.c_str(), directory_flags));
    if (!fd) throw remove_error(name, errno);
    stream_.reset(::fdopendir(fd.get()));
    if (!stream_) throw remove_error(name, errno);
    fd.release();
  }

  int fd() const { return ::dirfd(stream_.get()); }
  void rewind() { ::rewinddir(stream_.get()); }

  /// The next name but "." and ".."; null at the end.
  const char* next() {
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(stream_.get());
      if (!entry && errno != 0) throw base::errno_error("read a directory", errno);
      if (!entry) return nullptr;
      std::string_view name = entry->d_name;
      if (name != "." && name != "..") return entry->d_name;
    }
  }

 private:
  struct Close {
    void operator()(DIR* stream) const { ::closedir(stream); }
  };
  std::unique_ptr<DIR, Close> stream_;
};

/// Removes a file or an empty directory. False if it is a directory with something in it.
bool remove_simple(int directory, const char* name) {
  if (::unlinkat(directory, name, 0) == 0 || errno == ENOENT) return true;
  if (errno == EACCES && ::fchmod(directory, 0700) == 0 && ::unlinkat(directory, name, 0) == 0) return true;
  if (errno != EISDIR) throw remove_error(name, errno);
  if (::unlinkat(directory, name, AT_REMOVEDIR) == 0) return true;
  if (errno == ENOTEMPTY || errno == EEXIST) return false;
  if (errno == EACCES && ::fchmod(directory, 0700) == 0 && ::unlinkat(directory, name, AT_REMOVEDIR) == 0) return true;
  if (errno == ENOTEMPTY || errno == EEXIST) return false;
  throw remove_error(name, errno);
}

ino_t inode_of(int directory) {
  struct stat status;
  if (::fstat(directory, &status) != 0) throw base::errno_error("look at a directory", errno);
  return status.st_ino;
}

void remove_contents_unless(Listing& listing, const Keep& keep, int level);

/// `inode` is that of `directory`; `level` counts from the first directory looked into.
void remove_unless(int directory, ino_t inode, const std::string& name, const Keep& keep, int level) {
  if (level > max_levels_kept)
    throw base::Error(base::Kind::corrupt,
                      "directories nest deeper than " + std::to_string(max_levels_kept) + " at " + base::quoted(name));
  struct stat status;
  if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return;
    throw remove_error(name, errno);
  }
  bool kept = keep(inode, name);
  if (kept && !S_ISDIR(status.st_mode)) return;
  if (!kept && remove_simple(directory, name.c_str())) return;
  {
    Listing listing(directory, name);
    remove_contents_unless(listing, keep, level);
  }
  if (!kept) remove_simple(directory, name.c_str());
}

void remove_contents_unless(Listing& listing, const Keep& keep, int level) {
  struct stat before;
  if (::fstat(listing.fd(), &before) != 0) throw base::errno_error("look at a directory", errno);
  while (const char* name = listing.next()) remove_unless(listing.fd(), before.st_ino, name, keep, level + 1);
  std::array<timespec, 2> times{before.st_atim, before.st_mtim};
  ::futimens(listing.fd(), times.data());
}

/// Gives `child` of `from` a new name in `to`.
void move_up(int from, const char* child, int to, std::size_t& counter) {
  for (;;) {
    std::string place = ".moved-up-" + std::to_string(counter++);
    if (::renameat2(from, child, to, place.c_str(), RENAME_NOREPLACE) == 0) return;
    if (errno != EEXIST) throw remove_error(child, errno);
  }
}

}  // namespace

void remove_tree(int directory, const std::string& name) {
  if (remove_simple(directory, name.c_str())) return;
  struct Level {
    std::string name;
    Listing listing;
  };
  std::vector<Level> levels;
  levels.push_back({name, Listing(directory, name)});
  std::size_t moved = 0;
  while (!levels.empty()) {
    auto& level = levels.back();
    if (const char* child = level.listing.next()) {
      if (remove_simple(level.listing.fd(), child)) continue;
      if (levels.size() < max_levels_removed) {
        std::string copy = child;
        Listing inner(level.listing.fd(), copy);
        levels.push_back({std::move(copy), std::move(inner)});
        continue;
      }
      move_up(level.listing.fd(), child, levels.front().listing.fd(), moved);
      continue;
    }
    int parent = levels.size() > 1 ? levels[levels.size() - 2].listing.fd() : directory;
    if (remove_simple(parent, level.name.c_str()))
      levels.pop_back();
    else
      level.listing.rewind();  // something was moved up here, or the listing missed it
  }
}

void remove_unless(int directory, const std::string& name, const Keep& keep) {
  remove_unless(directory, inode_of(directory), name, keep, 1);
}

void remove_contents_unless(int directory, const Keep& keep) {
  Listing listing(directory, ".");
  remove_contents_unless(listing, keep, 0);
}

}  // namespace archive
