#pragma once

#include <string>
#include <string_view>

namespace buildkit {

/// Throws invalid unless `pem` is one X.509 certificate or more; `what` begins the message.
void check_certificates(const std::string& pem, std::string_view what);

/// Throws invalid unless both are PEM and `key` belongs to the first certificate of `cert`.
void check_pair(const std::string& cert, const std::string& key);

}  // namespace buildkit
