#include "core/term/step_text.h"

#include <algorithm>

#include "core/base/redactor.h"
#include "core/base/text.h"

namespace term {
namespace {

constexpr char escape = '\x1b';

bool between(char c, char first, char last) { return c >= first && c <= last; }

/// Length of the terminal sequence (ECMA-48, 5.3 and 5.4) that `text` starts with, 0 when it is none or not complete.
std::size_t sequence_length(std::string_view text) {
  if (text.size() < 2) return 0;
  std::size_t i = 2;
  if (text[1] == '[') {
    while (i < text.size() && between(text[i], 0x30, 0x3f)) i++;
    while (i < text.size() && between(text[i], 0x20, 0x2f)) i++;
    return i < text.size() && between(text[i], 0x40, 0x7e) ? i + 1 : 0;
  }
  if (std::string_view("]PX^_").find(text[1]) != std::string_view::npos) {  // strings: titles, hyperlinks …
    for (; i < text.size(); i++) {
      if (text[i] == '\a') return i + 1;
      if (text[i] == escape && i + 1 < text.size() && text[i + 1] == '\\') return i + 2;
    }
    return 0;
  }
  i = 1;
  while (i < text.size() && between(text[i], 0x20, 0x2f)) i++;
  return i < text.size() && between(text[i], 0x30, 0x7e) ? i + 1 : 0;
}

bool is_colour(std::string_view sequence) {
  return sequence[1] == '[' && sequence.back() == 'm' &&
         sequence.substr(2, sequence.size() - 3).find_first_not_of("0123456789;:") == std::string_view::npos;
}

}  // namespace

std::string safe_line(std::string_view line, Colours colours) {
  // Before anything is rewritten, or a secret with odd characters in it would not be found.
  const std::string clean = base::redactor().clean(line);
  std::string_view rest = clean;
  std::string out;
  bool coloured = false;
  while (!rest.empty()) {
    std::size_t plain = std::min(rest.find(escape), rest.size());
    out += base::printable(rest.substr(0, plain));
    rest.remove_prefix(plain);
    if (rest.empty()) break;
    std::size_t length = sequence_length(rest);
    if (length == 0) {
      out += "\\x1b";
      length = 1;
    } else if (colours == Colours::keep && is_colour(rest.substr(0, length))) {
      out += rest.substr(0, length);
      coloured = true;
    }
    rest.remove_prefix(length);
  }
  return coloured ? out + "\x1b[0m" : out;
}

std::string one_line(std::string_view text, std::size_t max_bytes) {
  std::string flat;
  for (std::string_view line : base::split(text, '\n')) {
    line = base::trim(line);
    if (line.empty()) continue;
    if (!flat.empty()) flat += ' ';
    flat += line;
    if (flat.size() > 4 * max_bytes) break;  // enough, whatever secrets shrink to
  }
  std::string safe = safe_line(flat, Colours::drop);
  if (safe.size() <= max_bytes) return safe;
  return safe.substr(0, utf8_cut(safe, max_bytes)) + "…";
}

std::size_t utf8_cut(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text.size();
  std::size_t cut = max_bytes;
  while (cut > 0 && max_bytes - cut < 3 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) cut--;
  return cut;
}

}  // namespace term
