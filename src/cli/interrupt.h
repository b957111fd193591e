#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

#include "core/base/fd.h"

namespace cli {

/// Turns the first SIGINT or SIGTERM into a stop request; the second ends the process at once. To be made before any
/// other thread: they inherit the blocked signals.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  std::stop_token token() const { return stop_.get_token(); }
  int received() const { return received_; }  ///< the signal; 0 = none

 private:
  void watch();

  std::stop_source stop_;
  std::atomic<int> received_ = 0;
  base::Fd signals_, end_;
  std::thread thread_;
};

}  // namespace cli
