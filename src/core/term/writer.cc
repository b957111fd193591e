#include "core/term/writer.h"

#include <poll.h>
#include <unistd.h>
#include <cerrno>

namespace term {

Writer descriptor_writer(int fd) {
  return [fd](std::string_view text) {
    while (!text.empty()) {
      ssize_t n = ::write(fd, text.data(), text.size());
      if (n > 0) {
        text.remove_prefix(static_cast<std::size_t>(n));
      } else if (n < 0 && errno == EAGAIN) {
        // A terminal shared with a process that made it non-blocking.
        pollfd ready{fd, POLLOUT, 0};
        ::poll(&ready, 1, 1000);
      } else if (n == 0 || errno != EINTR) {
        return;
      }
    }
  };
}

Time now() { return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now()); }

}  // namespace term
