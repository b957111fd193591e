#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/archive/byte_sink.h"
#include "core/archive/deflate.h"

namespace archive {

/// Compresses what it is given into one gzip member without name or time (RFC 1952), fast. The result depends on the
/// data, the processor's kind and the codec (deflate.h) only, not on how the writes were cut.
class GzipSink : public ByteSink {
 public:
  /// Borrows `out`.
  explicit GzipSink(ByteSink& out);
  using ByteSink::write;
  void write(std::span<const std::byte> data) override;
  /// Writes the rest and the trailer. Without it the member is truncated.
  void finish();

 private:
  void compress(bool last);
  ByteSink& out_;
  Deflater deflater_;
  std::vector<std::byte> block_;  // what the compressor gets is cut here, not by the caller's writes
};

std::string gzip(std::string_view data);

}  // namespace archive
