#include <zlib.h>

#include <array>
#include <cstdint>
#include <string>

#include "core/archive/decompress.h"
#include "core/archive/inflaters.h"
#include "core/base/error.h"

namespace {

constexpr std::size_t max_bytes = 1 << 20;

/// What zlib makes of `data`, members one after the other; false if it finds a fault.
bool zlib_inflates(const std::uint8_t* data, std::size_t size, std::string& out) {
  bool ended = false;
  while (size > 0) {
    z_stream stream{};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) return false;
    stream.next_in = const_cast<Bytef*>(data);
    stream.avail_in = static_cast<uInt>(size);
    int result = Z_OK;
    while (result == Z_OK && out.size() <= max_bytes) {
      std::array<char, 65536> buffer;
      stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
      stream.avail_out = buffer.size();
      result = inflate(&stream, Z_NO_FLUSH);
      out.append(buffer.data(), buffer.size() - stream.avail_out);
    }
    data += size - stream.avail_in;
    size = stream.avail_in;
    inflateEnd(&stream);
    ended = result == Z_STREAM_END;
    if (!ended) return false;
  }
  return ended;
}

}  // namespace

// Any bytes: gunzip and zlib find the same data, or both a fault.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  archive::MemorySource source(std::as_bytes(std::span(data, size)));
  auto decoder = archive::gunzip(source);
  std::string ours, theirs;
  bool good = true, large = false;
  try {
    std::array<std::byte, 1000> buffer;
    while (std::size_t n = decoder->read(buffer)) {
      ours.append(reinterpret_cast<const char*>(buffer.data()), n);
      if ((large = ours.size() > max_bytes)) break;
    }
  } catch (const base::Error&) {
    good = false;
  }
  if (large) return 0;
  bool theirs_good = zlib_inflates(data, size, theirs);
  if (theirs.size() > max_bytes) return 0;
  if (good != theirs_good || (good && ours != theirs)) __builtin_trap();
  return 0;
}
