#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/term/build_status.h"

namespace term {

/// Longer durations are told as this long, so that no sum of them overflows; some 114 years.
inline constexpr std::chrono::nanoseconds max_duration = std::chrono::hours(1'000'000);

/// From one time to another, zero when they are the wrong way round. Times come from outside and may be anything.
std::chrono::nanoseconds time_between(Time from, Time to);

/// "0.3s", "12.4s", "1m05s", "2h03m04s". Negative counts as zero: two machines' clocks may differ.
std::string duration_text(std::chrono::nanoseconds duration);

/// "4s", "1m05s": whole seconds, for guesses.
std::string seconds_text(std::chrono::nanoseconds duration);

/// "4.1 MiB/s"; empty when the time is too short to say.
std::string rate_text(std::uint64_t bytes, std::chrono::nanoseconds duration);

/// "12.4 MiB of 29.0 MiB (43%)", or "12.4 MiB" when `total` is 0, that is unknown.
std::string amount_text(std::uint64_t bytes, std::uint64_t total);

}  // namespace term
