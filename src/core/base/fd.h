#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace base {

/// Owns a file descriptor; closed when it goes. Move only.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset();

 private:
  int fd_ = -1;
};

/// Opens for reading, close-on-exec. Throws not_found, denied, failed with the path in the message.
Fd open_read(const std::filesystem::path& file);

/// Creates or truncates for writing, close-on-exec. Throws denied, failed.
Fd create_file(const std::filesystem::path& file, mode_t mode = 0644);

/// Reads up to `buffer.size()` bytes, less only at the end of the file; returns how many. Throws failed.
std::size_t read_full(int fd, std::span<std::byte> buffer, std::string_view what);

/// Writes everything. Throws failed (disk full, closed pipe) naming `what`.
void write_all(int fd, std::span<const std::byte> data, std::string_view what);
void write_all(int fd, std::string_view data, std::string_view what);

/// A whole file of at most `max_bytes`; a larger one is Kind::invalid, naming both sizes.
std::string read_file(const std::filesystem::path& file, std::uint64_t max_bytes);

/// Writes `data` under a temporary name beside `file`, then renames: readers see all of it or nothing.
void write_file(const std::filesystem::path& file, std::string_view data, mode_t mode = 0644);

}  // namespace base
