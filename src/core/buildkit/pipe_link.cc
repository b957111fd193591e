#include "core/buildkit/pipe_link.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "core/base/error.h"
#include "core/buildkit/sigpipe.h"

namespace buildkit {

PipeLink::PipeLink(int in, int out) : stop_(::eventfd(0, EFD_CLOEXEC)) {
  int pair[2];
  if (!stop_ || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    throw base::errno_error("open a socket pair", errno);
  ours_ = base::Fd(pair[0]);
  theirs_ = base::Fd(pair[1]);
  ::fcntl(theirs_.get(), F_SETFL, O_NONBLOCK);
  inward_ = std::thread([this, in] { pump(in, ours_.get()); });
  outward_ = std::thread([this, out] { pump(ours_.get(), out); });
}

PipeLink::~PipeLink() {
  [[maybe_unused]] int written = ::eventfd_write(stop_.get(), 1);
  outward_.join();
  inward_.join();
}

void PipeLink::pump(int from, int to) {
  refuse_sigpipe();
  std::vector<char> buffer(64 << 10);
  for (;;) {
    pollfd both[2] = {{from, POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    if (::poll(both, 2, -1) < 0 && errno == EINTR) continue;
    if (both[0].revents == 0) break;  // asked to stop, and nothing is left to carry
    ssize_t n = ::read(from, buffer.data(), buffer.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n <= 0) break;
    for (ssize_t at = 0; at < n;) {
      ssize_t written = ::write(to, buffer.data() + at, static_cast<std::size_t>(n - at));
      if (written < 0 && errno != EINTR && errno != EAGAIN) {
        n = -1;
        break;
      }
      if (written > 0) at += written;
    }
    if (n < 0) break;
  }
  // Either direction's end is the end: calls under way fail instead of waiting.
  ::shutdown(ours_.get(), SHUT_RDWR);
}

}  // namespace buildkit
