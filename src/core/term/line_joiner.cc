#include "core/term/line_joiner.h"

#include "core/term/step_text.h"

namespace term {
namespace {

/// What a terminal would show of a line in the end: what came after the last carriage return.
std::string_view visible(std::string_view line) {
  while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  auto overwritten = line.rfind('\r');
  return overwritten == line.npos ? line : line.substr(overwritten + 1);
}

}  // namespace

void LineJoiner::feed(std::string_view data, const Sink& sink) {
  for (;;) {
    auto end = data.find('\n');
    pending_ += data.substr(0, end);
    if (end == data.npos) break;
    sink(visible(pending_));
    pending_.clear();
    data.remove_prefix(end + 1);
  }
  if (pending_.size() <= max_line_bytes) return;
  pending_.erase(0, static_cast<std::size_t>(visible(pending_).data() - pending_.data()));
  while (pending_.size() > max_line_bytes) {
    std::size_t cut = utf8_cut(pending_, max_line_bytes);
    sink(std::string_view(pending_).substr(0, cut));
    pending_.erase(0, cut);
  }
}

void LineJoiner::flush(const Sink& sink) {
  if (!pending_.empty()) sink(visible(pending_));
  pending_.clear();
}

}  // namespace term
