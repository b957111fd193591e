#pragma once

#include <string>
#include <string_view>

namespace base {

/// For messages: a URL without user information and fragment, and a query shown as "?…".
std::string redact_url(std::string_view url);

}  // namespace base
