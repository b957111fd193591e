#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace term {

/// "0.3s", "12.4s", "1m05s", "2h03m04s". Negative counts as zero: two machines' clocks may differ.
std::string duration_text(std::chrono::nanoseconds duration);

/// "4s", "1m05s": whole seconds, for guesses.
std::string seconds_text(std::chrono::nanoseconds duration);

/// "4.1 MiB/s"; empty when the time is too short to say.
std::string rate_text(std::uint64_t bytes, std::chrono::nanoseconds duration);

/// "12.4 MiB of 29.0 MiB (43%)", or "12.4 MiB" when `total` is 0, that is unknown.
std::string amount_text(std::uint64_t bytes, std::uint64_t total);

}  // namespace term
