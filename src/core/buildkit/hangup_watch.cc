#include "core/buildkit/hangup_watch.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>

#include "core/base/error.h"

namespace buildkit {

HangupWatch::HangupWatch(int socket, std::function<void()> hung_up)
    : socket_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)), stop_(::eventfd(0, EFD_CLOEXEC)) {
  if (!socket_ || !stop_) throw base::errno_error("watch a connection", errno);
  thread_ = std::thread([this, hung_up = std::move(hung_up)] {
    pollfd both[2] = {{socket_.get(), POLLRDHUP, 0}, {stop_.get(), POLLIN, 0}};
    while (::poll(both, 2, -1) < 0 && errno == EINTR) {
    }
    // An engine that dies hangs up everywhere; its other connection tells that better, if it is given a moment.
    if (both[1].revents == 0 && ::poll(&both[1], 1, 300) == 0) hung_up();
  });
}

HangupWatch::~HangupWatch() {
  [[maybe_unused]] int written = ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

}  // namespace buildkit
