#pragma once

#include <string>
#include <string_view>

namespace base {

/// The shortest path that says the same, without looking at any file (Go's path.Clean): no "//", no "." and no inner
/// "..", no slash at the end; an empty path is ".".
std::string clean_path(std::string_view path);

/// Clean, relative, inside: neither "." nor "..", "../…", "/…", nor with a NUL byte. What may name an entry of a tree.
bool is_inner_path(std::string_view path);

}  // namespace base
