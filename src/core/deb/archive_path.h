#pragma once

#include <string>
#include <string_view>

namespace deb {

/// Throws invalid unless `path` is a file's or directory's path below an archive's root: relative, without '..', blanks
/// and control characters, at most 1024 bytes. "./x" and "" are fine.
void check_archive_path(std::string_view path);

/// Percent-encodes a path as apt does for its own URIs: '~' as %7e and '+' as %2b; '/' stays.
std::string encode_archive_path(std::string_view path);

/// apt's QuoteString: percent-encodes what is not printable ASCII, '%' and the characters of `special`.
std::string apt_quote(std::string_view text, std::string_view special);

}  // namespace deb
