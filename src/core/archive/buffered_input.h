#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/archive/byte_source.h"

namespace archive {

/// What the decoders read through: a buffer over a source that knows how many bytes have been taken from it.
class BufferedInput {
 public:
  explicit BufferedInput(ByteSource& source, std::size_t bytes = 64 * 1024) : source_(source), buffer_(bytes) {}

  /// What is there and not yet taken; reads more only when nothing is. Empty at the end of the source.
  std::span<const std::byte> look() {
    if (begin_ == end_) {
      begin_ = 0;
      end_ = source_.read(buffer_);
    }
    return std::span(buffer_).subspan(begin_, end_ - begin_);
  }
  void take(std::size_t bytes) {
    begin_ += bytes;
    taken_ += bytes;
  }
  /// The next byte, or -1 at the end.
  int byte() {
    auto there = look();
    if (there.empty()) return -1;
    int value = std::to_integer<int>(there.front());
    take(1);
    return value;
  }
  /// How many bytes have been taken: where the next one stands.
  std::uint64_t position() const { return taken_; }

 private:
  ByteSource& source_;
  std::vector<std::byte> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t taken_ = 0;
};

}  // namespace archive
