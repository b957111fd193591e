#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>

#include "core/http/error.h"

namespace http {

/// Time, as retries see it; replaced in tests.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::steady_clock::time_point now() = 0;
  /// Throws Kind::cancelled as soon as `stop` is requested.
  virtual void sleep(std::chrono::milliseconds delay, std::stop_token stop) = 0;
  /// Between 0 and 1, for jitter.
  virtual double random() = 0;
};
Clock& system_clock();

/// Waits min(cap, base · 2ⁿ), of which the later half is random, or what Retry-After says.
struct RetryPolicy {
  int max_tries = 6;
  std::chrono::milliseconds base{500};
  std::chrono::milliseconds cap{30'000};
  /// Waiting in all; a Retry-After beyond what is left ends it.
  std::chrono::milliseconds budget{180'000};
};

/// The tries of one operation, one after the other.
class Retries {
 public:
  /// `on_retry`, if any, is told the error and the delay before each wait.
  using Observer = std::function<void(const Error&, std::chrono::milliseconds)>;
  Retries(RetryPolicy policy, Clock& clock, Observer on_retry = {});

  /// Waits before the next try. False, and `error` gets the note "after N tries", if it is not temporary, the tries are
  /// used up, or the budget is. Throws cancelled.
  bool next(Error& error, std::stop_token stop);
  /// Progress was made: the count of tries starts again; the budget does not.
  void restart() { tries_ = 0; }

 private:
  RetryPolicy policy_;
  Clock& clock_;
  Observer on_retry_;
  int tries_ = 0, all_tries_ = 0;
  std::chrono::milliseconds waited_{0};
};

/// Calls `body` until it returns, or fails in a way that no further try will help.
template <class Body>
auto with_retries(Retries retries, std::stop_token stop, Body&& body) -> decltype(body()) {
  for (;;) {
    try {
      return body();
    } catch (Error& error) {
      if (!retries.next(error, stop)) throw;
    }
  }
}

/// "120" or an HTTP date (RFC 9110 §10.2.3), from `now`; nullopt if it is neither. At least 0, at most a day.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                      std::chrono::system_clock::time_point now);

}  // namespace http
