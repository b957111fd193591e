#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace term {

enum class Colours { keep, drop };

/// One line of a step's output, fit for a log: cursor movements and other terminal sequences are gone, further control
/// characters and broken UTF-8 are shown as \xNN, secrets are taken out. With Colours::keep, SGR sequences stay and end
/// with the line.
std::string safe_line(std::string_view line, Colours colours);

/// A name or a message from outside on one line of at most `max_bytes`, cut with "…": line breaks and blanks beside
/// them become one blank.
std::string one_line(std::string_view text, std::size_t max_bytes);

/// Where to cut `text` so that at most `max_bytes` go and no UTF-8 character is split.
std::size_t utf8_cut(std::string_view text, std::size_t max_bytes);

}  // namespace term
