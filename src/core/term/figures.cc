#include "core/term/figures.h"

#include <algorithm>
#include <cstdio>

#include "core/base/text.h"

namespace term {

using std::chrono::nanoseconds;

nanoseconds time_between(Time from, Time to) {
  nanoseconds::rep difference = 0;
  if (to <= from) return nanoseconds(0);
  if (__builtin_sub_overflow(to.time_since_epoch().count(), from.time_since_epoch().count(), &difference))
    return max_duration;
  return std::min(nanoseconds(difference), max_duration);
}

std::string seconds_text(nanoseconds duration) {
  duration = std::clamp(duration, nanoseconds(0), max_duration);
  auto seconds = static_cast<long long>(std::chrono::round<std::chrono::seconds>(duration).count());
  char out[48];
  if (seconds < 60) {
    std::snprintf(out, sizeof out, "%llds", seconds);
  } else if (seconds < 3600) {
    std::snprintf(out, sizeof out, "%lldm%02llds", seconds / 60, seconds % 60);
  } else {
    std::snprintf(out, sizeof out, "%lldh%02lldm%02llds", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
  return out;
}

std::string duration_text(nanoseconds duration) {
  duration = std::clamp(duration, nanoseconds(0), max_duration);
  auto tenths = std::chrono::round<std::chrono::duration<long long, std::deci>>(duration).count();
  if (tenths >= 600) return seconds_text(duration);
  char out[32];
  std::snprintf(out, sizeof out, "%lld.%llds", tenths / 10, tenths % 10);
  return out;
}

std::string rate_text(std::uint64_t bytes, nanoseconds duration) {
  if (duration < std::chrono::milliseconds(50)) return "";
  double per_second = static_cast<double>(bytes) / std::chrono::duration<double>(duration).count();
  return base::human_bytes(static_cast<std::uint64_t>(std::min(per_second, 1.8e19))) + "/s";
}

std::string amount_text(std::uint64_t bytes, std::uint64_t total) {
  if (total == 0) return base::human_bytes(bytes);
  auto percent = static_cast<int>(100.0 * static_cast<double>(std::min(bytes, total)) / static_cast<double>(total));
  return base::human_bytes(bytes) + " of " + base::human_bytes(total) + " (" + std::to_string(percent) + "%)";
}

}  // namespace term
