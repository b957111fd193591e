#pragma once

#include <chrono>
#include <mutex>
#include <vector>

#include "core/http/retry.h"

namespace support {

/// A clock on which waiting takes no time and is written down.
class FakeClock : public http::Clock {
 public:
  std::chrono::steady_clock::time_point now() override { return {}; }
  void sleep(std::chrono::milliseconds delay, std::stop_token stop) override {
    if (stop.stop_requested()) throw base::Error(base::Kind::cancelled, "stopped");
    std::lock_guard lock(mutex_);
    delays_.push_back(static_cast<int>(delay.count()));
  }
  double random() override { return 0.5; }

  std::vector<int> delays() const {
    std::lock_guard lock(mutex_);
    return delays_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<int> delays_;
};

}  // namespace support
