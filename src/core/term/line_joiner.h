#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace term {

/// Makes lines out of output that arrives in pieces cut anywhere, UTF-8 characters included. Of text that was written
/// over with carriage returns (progress bars) only the last state counts.
class LineJoiner {
 public:
  /// A longer line is cut in two, so that a step without line breaks cannot fill the memory.
  static constexpr std::size_t max_line_bytes = 64 << 10;

  using Sink = std::function<void(std::string_view line)>;  ///< without line break

  void feed(std::string_view data, const Sink& sink);
  /// Gives out a last line that has no line break.
  void flush(const Sink& sink);

 private:
  std::string pending_;
};

}  // namespace term
