#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "core/base/error.h"

namespace buildkit {

/// Keeps the first error of several threads. Thread-safe.
class FirstProblem {
 public:
  void set(base::Error error) {
    std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
  }
  std::optional<base::Error> get() const {
    std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<base::Error> error_;
};

}  // namespace buildkit
