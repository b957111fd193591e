#include <array>
#include <cstdint>

#include "core/archive/decompress.h"
#include "core/base/error.h"

// Any bytes through the sniffing decoder: zstd, xz, bzip2, gzip or plain.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  archive::MemorySource source(std::as_bytes(std::span(data, size)));
  archive::ExpansionLimits limits;
  limits.max_bytes = 4 << 20;
  limits.free_bytes = 1 << 20;
  try {
    auto decoder = archive::decompressed(source, limits);
    std::array<std::byte, 4096> buffer;
    while (decoder->read(buffer) > 0) continue;
  } catch (const base::Error&) {
  }
  return 0;
}
