#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/term/writer.h"

namespace term {

struct TransferOptions {
  bool colour = true;
  std::chrono::nanoseconds interval = std::chrono::seconds(2);  ///< between two lines of one transfer
};

/// Downloads and uploads as a log: an occasional line while one runs, one line at its end.
///
///     layer 9f2c41ab: 12.4 MiB of 29.0 MiB (43%), 4.1 MiB/s, 4s left
///     layer 9f2c41ab: 29.0 MiB in 7.1s (4.1 MiB/s)
///
/// Lines go through base::redactor(). All calls, those on transfers included, may come from several threads.
class TransferProgress {
 public:
  /// One transfer; movable. Destroyed before done() it reports that it stopped. Must not outlive the progress.
  class Transfer {
   public:
    Transfer(Transfer&&) noexcept;
    Transfer& operator=(Transfer&&) = delete;
    ~Transfer();

    void advance(std::uint64_t bytes);
    /// Starts counting again at `bytes`: a retry from the beginning, or a resumed one.
    void restart(std::uint64_t bytes = 0);
    /// Writes the last line; nothing after it counts. `remark` replaces the figures: "already there".
    void done(std::string_view remark = "");

   private:
    friend class TransferProgress;
    struct State;
    Transfer(TransferProgress& progress, std::unique_ptr<State> state);
    TransferProgress* progress_;
    std::unique_ptr<State> state_;
  };

  explicit TransferProgress(Writer writer, TransferOptions options = {}, Clock clock = now);
  ~TransferProgress();

  /// `name` as it shall be shown: "layer 9f2c41ab"; `total_bytes` 0 = unknown.
  Transfer start(std::string name, std::uint64_t total_bytes);
  /// A line of the caller's among the others.
  void line(std::string_view text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace term
