#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/archive/byte_sink.h"

namespace archive {

// Deflate (RFC 1951), as gunzip and GzipSink need it. CMake takes one of two: isal/deflate.cc, twice as fast, or
// zlib/deflate.cc where there is no ISA-L to link.

/// Of RFC 1952, 8; begins with 0.
std::uint32_t crc32(std::uint32_t crc, std::span<const std::uint8_t> data);

/// Decodes deflate streams, one at a time.
class Inflater {
 public:
  Inflater();
  ~Inflater();

  /// Forgets the stream before.
  void begin();

  struct Progress {
    std::size_t taken, made;  ///< bytes of `in` and `out`
    bool ended;               ///< all of the stream is out
    std::string_view fault;   ///< what is wrong with it, or empty
  };
  /// Goes on until `in` is used up, `out` is full or the stream ends. Not to be called after the end or a fault.
  Progress inflate(std::span<const std::byte> in, std::span<std::byte> out);

  /// The next of those bytes behind the end, or behind the fault, that were taken with the stream; -1 when none is
  /// left.
  int taken_too_many();

  /// Of what came out of this stream so far: CRC-32, and size modulo 2^32.
  std::uint32_t crc() const;
  std::uint32_t size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Makes one gzip member without name or time (RFC 1952), fast.
class Deflater {
 public:
  Deflater();
  ~Deflater();
  /// Compresses `in`, at most 2 GiB, into `out`; with `last` to the end of the member.
  void deflate(std::span<const std::byte> in, bool last, ByteSink& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace archive
