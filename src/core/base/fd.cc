#include "core/base/fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/error.h"

namespace base {

void Fd::reset() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Fd open_read(const std::filesystem::path& file) {
  Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) throw errno_error("open '" + file.string() + "'", errno);
  return fd;
}

Fd create_file(const std::filesystem::path& file, mode_t mode) {
  Fd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!fd) throw errno_error("create '" + file.string() + "'", errno);
  return fd;
}

std::size_t read_full(int fd, std::span<std::byte> buffer, std::string_view what) {
  std::size_t done = 0;
  while (done < buffer.size()) {
    ssize_t n = ::read(fd, buffer.data() + done, buffer.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw errno_error("read " + std::string(what), errno);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

void write_all(int fd, std::span<const std::byte> data, std::string_view what) {
  while (!data.empty()) {
    ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw errno_error("write " + std::string(what), errno);
    data = data.subspan(static_cast<std::size_t>(n));
  }
}

void write_all(int fd, std::string_view data, std::string_view what) {
  write_all(fd, std::as_bytes(std::span(data.data(), data.size())), what);
}

std::string read_file(const std::filesystem::path& file, std::uint64_t max_bytes) {
  Fd fd = open_read(file);
  std::string out;
  char buffer[64 * 1024];
  const std::string what = "'" + file.string() + "'";
  for (;;) {
    std::size_t n = read_full(fd.get(), std::as_writable_bytes(std::span(buffer)), what);
    out.append(buffer, n);
    if (out.size() > max_bytes)
      throw Error(Kind::invalid, what + " is larger than " + std::to_string(max_bytes) + " bytes");
    if (n < sizeof buffer) return out;
  }
}

void write_file(const std::filesystem::path& file, std::string_view data, mode_t mode) {
  std::string name = file.string() + ".XXXXXX";
  Fd fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd) throw errno_error("create '" + file.string() + "'", errno);
  try {
    write_all(fd.get(), data, "'" + file.string() + "'");
    if (::fchmod(fd.get(), mode) != 0) throw errno_error("set the mode of '" + file.string() + "'", errno);
    if (::rename(name.c_str(), file.c_str()) != 0) throw errno_error("create '" + file.string() + "'", errno);
  } catch (...) {
    ::unlink(name.c_str());
    throw;
  }
}

}  // namespace base
