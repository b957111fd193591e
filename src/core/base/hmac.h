#pragma once

#include <string>
#include <string_view>

namespace base {

/// HMAC-SHA-256 (RFC 2104): 32 raw bytes.
std::string hmac_sha256(std::string_view key, std::string_view data);

}  // namespace base
