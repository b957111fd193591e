#include "in/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "core/base/error.h"

namespace in {
namespace {

base::Fd nameless_file(const std::filesystem::path& directory) {
  base::Fd fd(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (fd) return fd;
  std::string name = directory / ".download.XXXXXX";  // not every file system has O_TMPFILE
  fd = base::Fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd) throw base::errno_error("create a file in '" + directory.string() + "'", errno);
  ::unlink(name.c_str());
  return fd;
}

}  // namespace

void Spool::append(std::span<const std::byte> data) {
  // Only the writer makes the file, so it needs no lock to look at it.
  if (!file_) {
    auto file = nameless_file(directory_);
    std::lock_guard lock(mutex_);
    file_ = std::move(file);
  }
  base::write_all(file_.get(), data, "what was downloaded to '" + directory_.string() + "'");
  std::lock_guard lock(mutex_);
  written_ += data.size();
  changed_.notify_all();
}

void Spool::finish() {
  std::lock_guard lock(mutex_);
  finished_ = true;
  changed_.notify_all();
}

void Spool::fail(std::exception_ptr failure) {
  std::lock_guard lock(mutex_);
  failure_ = std::move(failure);
  changed_.notify_all();
}

std::size_t Spool::read(std::uint64_t at, std::span<std::byte> buffer) {
  std::uint64_t there = 0;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return written_ > at || finished_ || failure_; });
    if (failure_) std::rethrow_exception(failure_);
    there = written_;
  }
  if (there <= at) return 0;
  auto room = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), there - at));
  for (;;) {
    ssize_t n = ::pread(file_.get(), buffer.data(), room, static_cast<off_t>(at));
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno != EINTR) throw base::errno_error("read back what was downloaded", errno);
  }
}

std::size_t SpoolSource::read(std::span<std::byte> buffer) {
  std::size_t n = spool_->read(at_, buffer);
  at_ += n;
  return n;
}

std::size_t SpoolSource::peek(std::span<std::byte> buffer) {
  std::size_t done = 0;
  while (done < buffer.size()) {
    std::size_t n = spool_->read(done, buffer.subspan(done));
    if (n == 0) break;
    done += n;
  }
  return done;
}

}  // namespace in
