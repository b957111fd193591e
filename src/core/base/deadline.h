#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace base {

/// A stop that comes when `outer` is stopped and, at the latest, after a while.
class Deadline {
 public:
  Deadline(std::stop_token outer, std::chrono::milliseconds after)
      : forward_(std::move(outer), [this] { source_.request_stop(); }), timer_([this, after](std::stop_token dropped) {
          std::mutex mutex;
          std::condition_variable_any never;
          std::unique_lock lock(mutex);
          never.wait_for(lock, dropped, after, [] { return false; });
          if (!dropped.stop_requested()) source_.request_stop();
        }) {}
  Deadline(const Deadline&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::stop_callback<std::function<void()>> forward_;
  std::jthread timer_;
};

}  // namespace base
