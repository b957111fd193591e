#include "core/archive/byte_source.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/base/error.h"

namespace archive {

std::size_t FileSource::read(std::span<std::byte> buffer) {
  for (;;) {
    ssize_t n = ::read(file_.get(), buffer.data(), buffer.size());
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno != EINTR) throw base::errno_error("read " + what_, errno);
  }
}

std::size_t MemorySource::read(std::span<std::byte> buffer) {
  std::size_t n = std::min(buffer.size(), data_.size());
  if (n > 0) std::memcpy(buffer.data(), data_.data(), n);
  data_ = data_.subspan(n);
  return n;
}

std::size_t HashingSource::read(std::span<std::byte> buffer) {
  std::size_t n = inner_.read(buffer);
  hash_.update(buffer.first(n));
  bytes_ += n;
  return n;
}

BufferedPieces::BufferedPieces(ByteSource& inner, std::size_t buffer_bytes) : inner_(inner), buffer_(buffer_bytes) {}

std::span<const std::byte> BufferedPieces::next() { return std::span(buffer_).first(inner_.read(buffer_)); }

std::size_t read_full(ByteSource& source, std::span<std::byte> buffer) {
  std::size_t done = 0;
  while (done < buffer.size()) {
    std::size_t n = source.read(buffer.subspan(done));
    if (n == 0) break;
    done += n;
  }
  return done;
}

std::string read_all(ByteSource& source, std::uint64_t max_bytes, std::string_view what) {
  std::string out;
  std::vector<std::byte> buffer(64 * 1024);
  while (std::size_t n = source.read(buffer)) {
    if (n > max_bytes - out.size())
      throw base::Error(base::Kind::corrupt,
                        std::string(what) + " is larger than " + std::to_string(max_bytes) + " bytes");
    out.append(reinterpret_cast<const char*>(buffer.data()), n);
  }
  return out;
}

}  // namespace archive
