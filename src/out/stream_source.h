#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

#include "core/http/source.h"

namespace out {

/// A body of known size that one thread writes while another one sends it, through a buffer of a fixed size. It can be
/// sent again from a place that the buffer still holds: a small one from its start.
class StreamSource final : public http::Source {
 public:
  static constexpr std::size_t buffer_bytes = 1u << 20;

  explicit StreamSource(std::uint64_t size) : size_(size), ring_(std::min<std::uint64_t>(size, buffer_bytes), '\0') {}

  // The reader's side.
  std::optional<std::uint64_t> size() const override { return size_; }
  /// Waits for bytes. Throws cancelled once it was abandoned.
  std::size_t read(std::span<std::byte> buffer) override;
  /// Throws unavailable for a place that is gone.
  void rewind(std::uint64_t position) override;
  /// Says that nothing more is read.
  void done();

  // The writer's side.
  /// Waits until something was read, or the reader is done; false for the latter.
  bool wait_for_reader();
  /// Waits for room. False when the reader is done. Throws corrupt for more than `size`.
  bool write(std::string_view data);
  std::uint64_t written() const;
  /// Wakes both sides: no more will come.
  void abandon();

 private:
  const std::uint64_t size_;
  std::string ring_;  // byte n of the body is at n modulo its length
  std::uint64_t written_ = 0, read_ = 0;
  bool asked_ = false, done_ = false, abandoned_ = false;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace out
