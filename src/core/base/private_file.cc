#include "core/base/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/fd.h"

namespace base {

std::string read_private_file(const std::filesystem::path& file, std::uint64_t max_bytes) {
  Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode) || (status.st_mode & 077) != 0 ||
      status.st_uid != ::geteuid() || static_cast<std::uint64_t>(status.st_size) > max_bytes)
    return "";
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  bytes.resize(read_full(fd.get(), std::as_writable_bytes(std::span(bytes)), file.string()));
  return bytes;
}

}  // namespace base
