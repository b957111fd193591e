#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "core/term/build_status.h"
#include "core/term/writer.h"

namespace term {

struct LogOptions {
  bool colour = true;  ///< SGR sequences, the steps' own included; Concourse shows them
  std::chrono::nanoseconds task_interval = std::chrono::seconds(5);  ///< between two progress lines of one step
  std::size_t failure_lines = 50;                                    ///< of a failed step, shown again at the end
};

/// A build as a log: whole lines, no cursor movement, a number for each step.
///
///     #7 [apt] install 30 packages
///     #7 Reading package lists...
///     #4 [base] debian:12: 12.4 MiB of 29.0 MiB (43%), 4.1 MiB/s
///     #7 done in 3.2s
///
/// Texts of others lose their control characters, except colours; every line goes through base::redactor(). Use from
/// one thread at a time.
class LogProgress : public StatusSink {
 public:
  explicit LogProgress(Writer writer, LogOptions options = {}, Clock clock = now);
  ~LogProgress() override;

  void status(const BuildStatus& status) override;

  /// The build is over: writes what was held back. Optional before failure().
  void finish();

  /// The build is over and has failed: writes `summary` (may be empty), then once more the last lines of the step that
  /// failed: `vertex` if it names one, else the first that reported an error.
  void failure(std::string_view summary, const std::string& vertex = "");

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace term
