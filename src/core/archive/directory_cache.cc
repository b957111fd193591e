#include "core/archive/directory_cache.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/base/error.h"
#include "core/base/text.h"

namespace archive {
namespace {
constexpr std::size_t max_open = 64;
}  // namespace

OpenDirectory::OpenDirectory(base::Fd fd) : fd_(std::move(fd)) {
  struct stat status;
  if (::fstat(fd_.get(), &status) != 0) throw base::errno_error("look at a directory", errno);
  inode_ = status.st_ino;
  device_ = status.st_dev;
  gives_group_ = status.st_mode & S_ISGID;
  mtime_ = {status.st_mtim.tv_sec, static_cast<std::uint32_t>(status.st_mtim.tv_nsec)};
}

void OpenDirectory::set_mtime(const FileTime& mtime) {
  mtime_ = mtime;
  touched_ = true;
}

void OpenDirectory::restore() {
  if (!touched_) return;
  timespec time{mtime_.seconds, static_cast<long>(mtime_.nanoseconds)};
  std::array<timespec, 2> times{time, time};
  if (::futimens(fd_.get(), times.data()) != 0) throw base::errno_error("set the time of a directory", errno);
  touched_ = false;
}

DirectoryCache::DirectoryCache(int root, Made made) : rooted_(root), made_(std::move(made)) {}

std::shared_ptr<OpenDirectory> DirectoryCache::get(const std::string& path) {
  if (Slot* slot = find(path)) return slot->directory;
  auto fd = rooted_.open(path);
  return fd ? insert(path, std::move(fd)) : nullptr;
}

std::shared_ptr<OpenDirectory> DirectoryCache::get_or_make(const std::string& path) {
  if (auto there = get(path)) return there;
  return insert(path, rooted_.open_or_make(path, made_));
}

std::shared_ptr<OpenDirectory> DirectoryCache::enter(OpenDirectory& parent, const std::string& name,
                                                     const std::string& path) {
  if (Slot* slot = find(path)) return slot->directory;
  base::Fd fd(::openat(parent.fd(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) throw base::errno_error("open the directory " + base::quoted(path), errno);
  return insert(path, std::move(fd));
}

void DirectoryCache::flush() {
  for (auto& slot : slots_) slot.directory->restore();
  slots_.clear();
  last_ = 0;
  stale_ = false;
}

DirectoryCache::Slot* DirectoryCache::find(const std::string& path) {
  if (stale_) flush();
  if (last_ >= slots_.size() || slots_[last_].path != path) {
    auto found = std::find_if(slots_.begin(), slots_.end(), [&](const Slot& slot) { return slot.path == path; });
    if (found == slots_.end()) return nullptr;
    last_ = static_cast<std::size_t>(found - slots_.begin());
  }
  slots_[last_].used = ++clock_;
  return &slots_[last_];
}

std::shared_ptr<OpenDirectory> DirectoryCache::insert(const std::string& path, base::Fd fd) {
  auto directory = std::make_shared<OpenDirectory>(std::move(fd));
  // Two paths may lead to one directory; it must have one mtime.
  for (const auto& slot : slots_)
    if (slot.directory->inode() == directory->inode() && slot.directory->device() == directory->device())
      directory = slot.directory;
  if (slots_.size() < max_open) {
    last_ = slots_.size();
    slots_.emplace_back();
  } else {
    auto oldest =
        std::min_element(slots_.begin(), slots_.end(), [](const Slot& a, const Slot& b) { return a.used < b.used; });
    last_ = static_cast<std::size_t>(oldest - slots_.begin());
    release(*oldest);
  }
  slots_[last_] = {path, directory, ++clock_};
  return directory;
}

void DirectoryCache::release(Slot& slot) {
  bool shared = std::any_of(slots_.begin(), slots_.end(),
                            [&](const Slot& other) { return &other != &slot && other.directory == slot.directory; });
  if (!shared) slot.directory->restore();
}

}  // namespace archive
