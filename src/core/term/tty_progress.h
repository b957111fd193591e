#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/term/build_status.h"
#include "core/term/writer.h"

namespace term {

struct TerminalSize {
  std::size_t columns = 80, rows = 24;
};

/// The size of the terminal behind a descriptor; 80x24 when it does not say.
TerminalSize terminal_size(int fd);

struct TtyOptions {
  bool colour = true;
  std::function<TerminalSize()> size = [] { return TerminalSize{}; };  ///< asked for each drawing
  std::size_t log_lines = 6;                                           ///< of a running step
  std::size_t failure_lines = 50;                                      ///< of a failed step, shown at the end
};

/// A build on a terminal, redrawn in place, as BuildKit's users know it:
///
///     [+] Building 3.4s (2/4)
///      => CACHED [base] debian:12                    0.0s
///      => [apt] install 30 packages                  3.2s
///      => => # Unpacking libssl3 (3.0.11) ...
///
/// When there are more lines than rows, steps that are over give way first. Texts of others are made safe, every line
/// goes through base::redactor(). May be called from several threads.
class TtyProgress : public StatusSink {
 public:
  explicit TtyProgress(Writer writer, TtyOptions options = {}, Clock clock = now);
  ~TtyProgress() override;

  void status(const BuildStatus& status) override;
  /// Lets the seconds run: call it ten times a second or so. Drawing itself is bounded to that rate.
  void tick();

  /// The build is over: draws all steps, once and for good. Optional before failure().
  void finish();
  /// The build is over and has failed: as LogProgress::failure.
  void failure(std::string_view summary, const std::string& vertex = "");

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace term
