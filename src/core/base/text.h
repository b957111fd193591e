#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace base {

/// `text` in single quotes for a message: control characters, invalid UTF-8 and terminal escapes shown as \xNN, cut
/// after `max_characters` bytes with "…". Everything that comes from outside passes through here before it is printed.
std::string quoted(std::string_view text, std::size_t max_characters = 200);

/// As quoted, without the quotes; newlines and tabs stay. For logs of others.
std::string printable(std::string_view text);

std::string_view trim(std::string_view text);
/// Splits at every `separator`; an empty text gives one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& pieces, std::string_view separator);
std::string lower(std::string_view text);  ///< ASCII only
bool valid_utf8(std::string_view text);

/// Percent-encodes everything but RFC 3986's unreserved characters.
std::string url_encode(std::string_view text);

/// "1.5 MiB": binary units, one decimal from KiB on.
std::string human_bytes(std::uint64_t bytes);

/// The candidate nearest to `word` by edit distance, or "" if none is near enough to be a slip of the pen.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace base
