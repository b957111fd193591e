#include "core/buildkit/name_list.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "core/base/error.h"
#include "core/base/text.h"

namespace buildkit {

NameList NameList::read(int fd, std::string_view path) {
  NameList out;
  alignas(dirent64) char buffer[64 << 10];
  for (;;) {
    ssize_t n = ::getdents64(fd, buffer, sizeof buffer);
    if (n < 0 && errno == ENOENT) break;  // removed meanwhile
    if (n < 0) throw base::errno_error("read directory " + base::quoted(path), errno);
    if (n == 0) break;
    for (ssize_t at = 0; at < n;) {
      auto* found = reinterpret_cast<dirent64*>(buffer + at);
      at += found->d_reclen;
      std::string_view name = found->d_name;
      if (name == "." || name == "..") continue;
      char* kept = out.blocks_.take(name.size() + 1);
      std::memcpy(kept, name.data(), name.size() + 1);
      out.names_.push_back(kept);
    }
  }
  std::sort(out.names_.begin(), out.names_.end(), [](const char* a, const char* b) { return std::strcmp(a, b) < 0; });
  return out;
}

}  // namespace buildkit
