#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

#include "core/archive/byte_source.h"

namespace archive {

/// Reads a source in a thread of its own, up to `pieces` times `piece_bytes` ahead of the one who looks at the pieces.
class ReadAhead : public PieceSource {
 public:
  /// `open` runs in the new thread; what it or its source throws comes out of next(), after the pieces read before.
  explicit ReadAhead(std::function<std::unique_ptr<ByteSource>()> open, std::size_t pieces = 8,
                     std::size_t piece_bytes = 256 * 1024);
  /// Asks the thread to end and waits for it: at most for one read of the source.
  ~ReadAhead() override;

  /// Pieces have `piece_bytes` each but for the last.
  std::span<const std::byte> next() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace archive
