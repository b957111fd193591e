#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/archive/byte_sink.h"

namespace archive {

/// Compresses what it is given into one gzip member without name or time (RFC 1952), fast (ISA-L). The result depends
/// on the data and the processor's kind only, not on how the writes were cut.
class GzipSink : public ByteSink {
 public:
  /// Borrows `out`.
  explicit GzipSink(ByteSink& out);
  ~GzipSink() override;
  using ByteSink::write;
  void write(std::span<const std::byte> data) override;
  /// Writes the rest and the trailer. Without it the member is truncated.
  void finish();

 private:
  struct State;
  void compress(bool last);
  ByteSink& out_;
  std::unique_ptr<State> state_;
};

std::string gzip(std::string_view data);

}  // namespace archive
