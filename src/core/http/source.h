#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/fd.h"

namespace http {

/// A body to send, read from the front, again if a try fails.
class Source {
 public:
  virtual ~Source() = default;
  /// In bytes; nullopt if only the end will tell.
  virtual std::optional<std::uint64_t> size() const = 0;
  /// Fills `buffer` from the current position; 0 only at the end.
  virtual std::size_t read(std::span<std::byte> buffer) = 0;
  /// The next read starts at `position`, which is at most what was read so far.
  virtual void rewind(std::uint64_t position) = 0;
};

class BytesSource : public Source {
 public:
  /// Borrows `bytes`.
  explicit BytesSource(std::string_view bytes) : bytes_(bytes) {}
  std::optional<std::uint64_t> size() const override { return bytes_.size(); }
  std::size_t read(std::span<std::byte> buffer) override;
  void rewind(std::uint64_t position) override { position_ = position; }

 private:
  std::string_view bytes_;
  std::uint64_t position_ = 0;
};

/// A regular file, or `size` bytes of it from `offset` on; reads with pread, so the descriptor may be shared.
class FileSource : public Source {
 public:
  /// Borrows `fd`. `what` names the file in errors. A file that ends early is an error (corrupt) when it is read.
  FileSource(const base::Fd& fd, std::string what, std::uint64_t offset, std::uint64_t size)
      : fd_(fd.get()), what_(std::move(what)), offset_(offset), size_(size) {}
  std::optional<std::uint64_t> size() const override { return size_; }
  std::size_t read(std::span<std::byte> buffer) override;
  void rewind(std::uint64_t position) override { position_ = position; }

 private:
  int fd_;
  std::string what_;
  std::uint64_t offset_, size_, position_ = 0;
};

}  // namespace http
