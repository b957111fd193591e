#pragma once

#include <functional>
#include <thread>

#include "core/base/fd.h"

namespace buildkit {

/// Watches a connected socket that somebody else reads, and says when the other side hangs up.
class HangupWatch {
 public:
  /// `hung_up` is called at most once, from another thread. Takes its own descriptor of `socket`.
  HangupWatch(int socket, std::function<void()> hung_up);
  /// Stops watching.
  ~HangupWatch();
  HangupWatch(const HangupWatch&) = delete;
  HangupWatch& operator=(const HangupWatch&) = delete;

 private:
  base::Fd socket_, stop_;
  std::thread thread_;
};

}  // namespace buildkit
