#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace oci {

using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// RFC 3339 as image configs have it ("2024-02-29T12:00:00.123456789+01:00"), any year from 0 to 9999; digits below a
/// microsecond do not count. nullopt for what is none.
std::optional<Timestamp> parse_timestamp(std::string_view text);

}  // namespace oci
