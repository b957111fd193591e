#pragma once

#include <memory>
#include <string>

#include "cli/run.h"
#include "core/term/build_status.h"

namespace cli {

/// How a build tells what it does.
enum class ProgressMode {
  automatic,  ///< tty on a terminal, else plain
  plain,      ///< lines
  tty,        ///< redrawn in place
  json,       ///< one JSON object a line, as BuildKit's rawjson
};

ProgressMode parse_progress(const std::string& text);  ///< throws invalid

/// A build's progress on `streams.err`.
class BuildProgress : public term::StatusSink {
 public:
  /// Draws what was held back; nothing comes after it.
  virtual void finish() = 0;
  /// The same, with the failing step's last lines.
  virtual void failure() = 0;
};
std::unique_ptr<BuildProgress> make_progress(ProgressMode mode, Streams& streams);

}  // namespace cli
