#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/archive/byte_source.h"

namespace archive {

enum class Compression { none, gzip, zstd, xz, bzip2 };

/// "gzip", "zstd", …; "none" for plain.
std::string_view name_of(Compression compression);

/// Bytes that `sniff` wants to see.
inline constexpr std::size_t sniff_bytes = 8;
/// What the first bytes say, whatever a media type or a file name claims; fewer than sniff_bytes are fine.
Compression sniff(std::span<const std::byte> start);

/// Bounds on what a compressed stream may expand to.
struct ExpansionLimits {
  std::uint64_t max_bytes = std::uint64_t{64} << 30;
  /// Checked from `free_bytes` of output on: pure zeros reach 1,030 with gzip and far more with zstd, file systems
  /// with programs in them seldom 10.
  std::uint64_t max_ratio = 1000;
  std::uint64_t free_bytes = std::uint64_t{256} << 20;
};

/// The bytes of `input` (borrowed) without the compression that its first bytes announce; plain bytes pass unchanged
/// and are bound by max_bytes too. Reads `input` to its very end.
///
/// gzip (RFC 1952): any number of members; header checked, CRC32 and ISIZE verified. zstd (RFC 8878): any number of
/// frames, skippable ones passed over, checksums verified, windows up to 128 MiB. xz and bzip2: any number of streams.
/// Anything after the last member that is not another one is refused, zero padding too (but for xz, which allows it).
///
/// Reading throws corrupt for damaged, truncated or too large data, saying at which compressed byte.
std::unique_ptr<ByteSource> decompressed(ByteSource& input, const ExpansionLimits& limits = {});

}  // namespace archive
