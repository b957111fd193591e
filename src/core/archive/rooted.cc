#include "core/archive/rooted.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"

namespace archive {
namespace {

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
constexpr int max_links = 40;  // as the kernel has it

base::Error corrupt(const std::string& text) { return base::Error(base::Kind::corrupt, text); }

base::Error open_error(std::string_view path, int error) {
  if (error == ENOTDIR) return corrupt("parent " + base::quoted(path) + " is not a directory");
  if (error == ELOOP) return corrupt("symbolic links on the way to " + base::quoted(path) + " go in circles");
  return base::errno_error("open the directory " + base::quoted(path), error);
}

struct stat status_of(int fd) {
  struct stat out;
  if (::fstat(fd, &out) != 0) throw base::errno_error("look at a directory", errno);
  return out;
}

}  // namespace

Rooted::Rooted(int root) : root_(root) {
  auto status = status_of(root);
  root_device_ = status.st_dev;
  root_inode_ = status.st_ino;
}

base::Fd Rooted::open(const std::string& path) {
  if (kernel_resolves_) {
    open_how how{};
    how.flags = directory_flags;
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    long fd = ::syscall(SYS_openat2, root_, path.empty() ? "." : path.c_str(), &how, sizeof how);
    if (fd >= 0) return base::Fd(static_cast<int>(fd));
    if (errno == ENOENT) return {};
    // Too old a kernel, or a seccomp profile older than the call; EAGAIN: something was renamed somewhere meanwhile.
    if (errno == ENOSYS || errno == EPERM)
      kernel_resolves_ = false;
    else if (errno != EAGAIN)
      throw open_error(path, errno);
  }
  return walk(path, nullptr);
}

base::Fd Rooted::open_or_make(const std::string& path, const std::function<void(ino_t, int, std::string_view)>& made) {
  return walk(path, &made);
}

base::Fd Rooted::walk(std::string_view path, const std::function<void(ino_t, int, std::string_view)>* made) {
  std::vector<std::string> left;  // components, the next one last
  auto push = [&](std::string_view components) {
    auto pieces = base::split(components, '/');
    for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece)
      if (!piece->empty() && *piece != ".") left.emplace_back(*piece);
    if (left.size() > PATH_MAX) throw open_error(path, ELOOP);
  };
  auto open_root = [&] {
    base::Fd out(::openat(root_, ".", directory_flags));
    if (!out) throw open_error(path, errno);
    return out;
  };

  push(path);
  base::Fd here = open_root();
  int links = 0;
  while (!left.empty()) {
    std::string name = std::move(left.back());
    left.pop_back();
    if (name == "..") {
      auto status = status_of(here.get());
      if (status.st_ino == root_inode_ && status.st_dev == root_device_) continue;
    }
    base::Fd next(::openat(here.get(), name.c_str(), directory_flags | O_NOFOLLOW));
    if (!next && errno == ENOENT) {
      if (!made) return {};
      auto before = status_of(here.get());
      if (::mkdirat(here.get(), name.c_str(), 0755) != 0)
        throw base::errno_error("create the directory " + base::quoted(name) + " of " + base::quoted(path), errno);
      next = base::Fd(::openat(here.get(), name.c_str(), directory_flags | O_NOFOLLOW));
      if (!next) throw open_error(path, errno);
      (*made)(before.st_ino, next.get(), name);
      std::array<timespec, 2> times{before.st_atim, before.st_mtim};
      ::futimens(here.get(), times.data());
    } else if (!next && (errno == ELOOP || errno == ENOTDIR)) {
      std::array<char, PATH_MAX> target;
      ssize_t size = ::readlinkat(here.get(), name.c_str(), target.data(), target.size());
      if (size < 0) throw open_error(path, ENOTDIR);
      if (++links > max_links) throw open_error(path, ELOOP);
      std::string_view text(target.data(), static_cast<std::size_t>(size));
      push(text);
      if (text.starts_with('/')) here = open_root();
      continue;
    }
    if (!next) throw open_error(path, errno);
    here = std::move(next);
  }
  return here;
}

}  // namespace archive
