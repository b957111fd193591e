#pragma once

#include <map>
#include <string>
#include <string_view>

namespace json {

/// The members of the object that `text` is, each value as it stands there, byte for byte: for values that are kept as
/// they came, or are too large to become a tree. The views look into `text`. Throws invalid, naming `what`, for text
/// that is no JSON object and for a key that stands there twice.
std::map<std::string, std::string_view> members(std::string_view text, std::string_view what);

}  // namespace json
