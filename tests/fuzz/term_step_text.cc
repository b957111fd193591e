#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/text.h"
#include "core/term/line_joiner.h"
#include "core/term/step_text.h"

namespace {

/// Only colours may be left of what a terminal obeys.
void check(std::string_view line) {
  std::string safe = term::safe_line(line, term::Colours::keep);
  if (!base::valid_utf8(safe)) std::abort();
  for (std::size_t i = 0; i < safe.size(); i++) {
    auto c = static_cast<unsigned char>(safe[i]);
    if (c == 0x1b) {
      std::size_t end = safe.find_first_not_of("0123456789;:", i + 2);
      if (safe.compare(i, 2, "\x1b[") != 0 || end == safe.npos || safe[end] != 'm') std::abort();
    } else if ((c < 0x20 && c != '\t') || c == 0x7f) {
      std::abort();
    }
  }
  if (term::one_line(line, 50).size() > 50 + 3) std::abort();
}

}  // namespace

/// A step's output, which arrives in pieces: the first byte says how long they are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0] + std::size_t{1};
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  term::LineJoiner joiner;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) joiner.feed(text.substr(0, piece), check);
  joiner.flush(check);
  return 0;
}
