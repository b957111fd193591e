#include "core/buildkit/waiter.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"

namespace buildkit {

using base::Error;
using base::Kind;

std::string engine_at(const Endpoint& endpoint) { return "the BuildKit engine at " + base::quoted(endpoint.text()); }

Waiter::Waiter(const Endpoint& endpoint, std::stop_token stop, Deadline deadline)
    : endpoint_(endpoint),
      deadline_(deadline),
      wake_(::eventfd(0, EFD_CLOEXEC)),
      on_stop_(std::move(stop), Waker{wake_.get()}) {}

void Waiter::Waker::operator()() const { [[maybe_unused]] auto n = ::eventfd_write(fd, 1); }

void Waiter::wait(int fd, short events) {
  for (;;) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    pollfd both[2] = {{fd, events, 0}, {wake_.get(), POLLIN, 0}};
    int ready = ::poll(both, 2, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000)));
    if (ready < 0 && errno != EINTR) throw base::errno_error("wait for " + engine_at(endpoint_), errno);
    if (both[1].revents != 0) throw Error(Kind::cancelled, "stopped while connecting to " + engine_at(endpoint_));
    if (ready > 0 && both[0].revents != 0) return;
    if (std::chrono::steady_clock::now() >= deadline_)
      throw Error(Kind::unavailable, engine_at(endpoint_) + " does not answer")
          .fix("see whether the daemon runs and is reachable from here");
  }
}

}  // namespace buildkit
