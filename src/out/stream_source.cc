#include "out/stream_source.h"

#include <algorithm>
#include <cstring>

#include "core/base/error.h"

namespace out {

std::size_t StreamSource::read(std::span<std::byte> buffer) {
  std::unique_lock lock(mutex_);
  asked_ = true;
  changed_.notify_all();
  changed_.wait(lock, [&] { return abandoned_ || read_ < written_ || read_ == size_; });
  if (read_ == size_) return 0;
  if (abandoned_) throw base::Error(base::Kind::cancelled, "the engine broke off a blob that it was sending");
  const std::size_t at = read_ % ring_.size();
  const std::size_t n = std::min<std::uint64_t>({buffer.size(), written_ - read_, ring_.size() - at});
  std::memcpy(buffer.data(), ring_.data() + at, n);
  read_ += n;
  changed_.notify_all();
  return n;
}

void StreamSource::rewind(std::uint64_t position) {
  std::lock_guard lock(mutex_);
  if (written_ > ring_.size() && position < written_ - ring_.size())
    throw base::Error(base::Kind::unavailable, "the registry broke off an upload that cannot be sent again from byte " +
                                                   std::to_string(position))
        .fix("put again: what the registry has by now is not sent again");
  read_ = position;
}

void StreamSource::done() {
  std::lock_guard lock(mutex_);
  done_ = true;
  changed_.notify_all();
}

bool StreamSource::wait_for_reader() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return asked_ || done_ || abandoned_; });
  return asked_ && !done_;
}

bool StreamSource::write(std::string_view data) {
  std::unique_lock lock(mutex_);
  if (data.size() > size_ - written_)
    throw base::Error(base::Kind::corrupt,
                      "the engine sends more of a blob than the " + std::to_string(size_) + " bytes that it told");
  while (!data.empty()) {
    changed_.wait(lock, [&] { return done_ || abandoned_ || written_ - read_ < ring_.size(); });
    if (done_ || abandoned_) return false;
    const std::size_t at = written_ % ring_.size();
    const std::size_t n = std::min<std::uint64_t>({data.size(), ring_.size() - (written_ - read_), ring_.size() - at});
    std::memcpy(ring_.data() + at, data.data(), n);
    written_ += n;
    data.remove_prefix(n);
    changed_.notify_all();
  }
  return true;
}

std::uint64_t StreamSource::written() const {
  std::lock_guard lock(mutex_);
  return written_;
}

void StreamSource::abandon() {
  std::lock_guard lock(mutex_);
  abandoned_ = true;
  changed_.notify_all();
}

}  // namespace out
