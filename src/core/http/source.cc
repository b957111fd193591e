#include "core/http/source.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/base/error.h"

namespace http {

std::size_t BytesSource::read(std::span<std::byte> buffer) {
  auto n = std::min<std::uint64_t>(buffer.size(), bytes_.size() - position_);
  if (n > 0) std::memcpy(buffer.data(), bytes_.data() + position_, n);
  position_ += n;
  return n;
}

std::size_t FileSource::read(std::span<std::byte> buffer) {
  auto wanted = std::min<std::uint64_t>(buffer.size(), size_ - position_);
  if (wanted == 0) return 0;
  ssize_t n;
  do {
    n = ::pread(fd_, buffer.data(), wanted, static_cast<off_t>(offset_ + position_));
  } while (n < 0 && errno == EINTR);
  if (n < 0) throw base::errno_error("read " + what_, errno);
  if (n == 0)
    throw base::Error(base::Kind::corrupt, what_ + " ends at byte " + std::to_string(offset_ + position_) + ", " +
                                               std::to_string(offset_ + size_) + " are wanted");
  position_ += static_cast<std::uint64_t>(n);
  return static_cast<std::size_t>(n);
}

}  // namespace http
