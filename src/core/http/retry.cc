#include "core/http/retry.h"

#include <time.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <random>
#include <string>

namespace http {
namespace {

class SystemClock : public Clock {
 public:
  std::chrono::steady_clock::time_point now() override { return std::chrono::steady_clock::now(); }

  void sleep(std::chrono::milliseconds delay, std::stop_token stop) override {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, delay, [] { return false; });
    if (stop.stop_requested()) throw base::Error(base::Kind::cancelled, "stopped while waiting for the next try");
  }

  double random() override {
    thread_local std::minstd_rand engine{std::random_device{}()};
    return std::uniform_real_distribution<>(0, 1)(engine);
  }
};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

Retries::Retries(RetryPolicy policy, Clock& clock, Observer on_retry)
    : policy_(policy), clock_(clock), on_retry_(std::move(on_retry)) {}

bool Retries::next(Error& error, std::stop_token stop) {
  ++tries_;
  ++all_tries_;
  auto full = policy_.base * (std::int64_t{1} << std::min(tries_ - 1, 20));
  full = std::min(full, policy_.cap);
  auto delay = full / 2 + std::chrono::milliseconds(static_cast<std::int64_t>((full / 2).count() * clock_.random()));
  if (auto wanted = error.retry_after()) delay = std::max<std::chrono::milliseconds>(delay, *wanted);
  if (!error.temporary() || tries_ >= policy_.max_tries || waited_ + delay > policy_.budget) {
    if (all_tries_ > 1) error.note("after " + std::to_string(all_tries_) + " tries");
    return false;
  }
  waited_ += delay;
  if (on_retry_) on_retry_(error, delay);
  clock_.sleep(delay, stop);
  return true;
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                      std::chrono::system_clock::time_point now) {
  constexpr std::chrono::seconds most = std::chrono::hours(24);
  std::int64_t seconds = 0;
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (end == value.data() + value.size() && !value.empty() && value.front() != '-') {
    if (error == std::errc::result_out_of_range) return most;
    if (error == std::errc()) return std::min(std::chrono::seconds(seconds), most);
  }
  tm date{};
  std::string text(value);
  const char* rest = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
  if (!rest || *rest != '\0') return std::nullopt;
  auto then = std::chrono::system_clock::from_time_t(timegm(&date));
  auto left = std::chrono::ceil<std::chrono::seconds>(then - now);
  return std::clamp(left, std::chrono::seconds(0), most);
}

}  // namespace http
