#include "core/buildkit/beneath.h"

#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/clean_path.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;

/// openat2 with `resolve`; ENOSYS where the kernel, or a container's filter, does not let us.
base::Fd try_openat2(int root, const char* path, int flags, mode_t mode, std::uint64_t resolve) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.mode = (flags & O_CREAT) ? mode : 0;
  how.resolve = resolve;
  for (;;) {
    int fd = static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof how));
    if (fd >= 0) return base::Fd(fd);
    if (errno != EINTR && errno != EAGAIN) return {};
  }
}

base::Fd open_step_by_step(int root, const std::string& path, int flags, mode_t mode) {
  base::Fd held;
  int at = root;
  for (std::size_t start = 0;;) {
    std::size_t slash = path.find('/', start);
    std::string piece = path.substr(start, slash == std::string::npos ? slash : slash - start);
    bool last = slash == std::string::npos;
    base::Fd next(last ? ::openat(at, piece.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode)
                       : ::openat(at, piece.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (last || !next) return next;
    held = std::move(next);
    at = held.get();
    start = slash + 1;
  }
}

Error leads_out(const std::filesystem::path& directory, const std::filesystem::path& inside) {
  return Error(Kind::invalid,
               "directory " + base::quoted(directory.string()) + " leads out of " + base::quoted(inside.string()))
      .fix("name a directory inside it; symbolic links that point out of it are not followed");
}

}  // namespace

base::Fd open_beneath(int root, const std::string& path, int flags, mode_t mode) {
  const char* name = path.empty() ? "." : path.c_str();
  base::Fd fd = try_openat2(root, name, flags, mode, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
  if (fd || (errno != ENOSYS && errno != EPERM)) return fd;
  return open_step_by_step(root, name, flags, mode);
}

base::Fd open_root(const std::filesystem::path& directory, const std::filesystem::path& inside) {
  constexpr int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  std::string what = "open directory " + base::quoted(directory.string());
  base::Fd fd;
  if (inside.empty()) {
    fd = base::Fd(::open(directory.c_str(), flags));
  } else {
    std::string path = base::clean_path(directory.string());
    if (path != "." && !base::is_inner_path(path)) throw leads_out(directory, inside);
    base::Fd outer = open_root(inside);
    fd = try_openat2(outer.get(), path.c_str(), flags, 0, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
    if (!fd && errno == EXDEV) throw leads_out(directory, inside);
    if (!fd && (errno == ENOSYS || errno == EPERM)) fd = open_step_by_step(outer.get(), path, flags, 0);
  }
  if (!fd && errno == ENOTDIR)
    throw Error(Kind::invalid, base::quoted(directory.string()) + " is not a directory").fix("name a directory");
  if (!fd) throw base::errno_error(what, errno);
  return fd;
}

}  // namespace buildkit
