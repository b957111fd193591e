#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "core/base/fd.h"
#include "core/buildkit/endpoint.h"

namespace buildkit {

using Deadline = std::chrono::steady_clock::time_point;

/// "the BuildKit engine at 'tcp://…'", for messages.
std::string engine_at(const Endpoint& endpoint);

/// Waits for a descriptor, a deadline or a stop request, whichever comes first. Borrows the endpoint, which is named
/// in errors.
class Waiter {
 public:
  Waiter(const Endpoint& endpoint, std::stop_token stop, Deadline deadline);

  /// Until `fd` has one of the poll(2) `events`. Throws unavailable, cancelled.
  void wait(int fd, short events);

 private:
  struct Waker {
    int fd;
    void operator()() const;
  };
  const Endpoint& endpoint_;
  Deadline deadline_;
  base::Fd wake_;
  std::stop_callback<Waker> on_stop_;
};

}  // namespace buildkit
