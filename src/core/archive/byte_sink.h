#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/digest.h"
#include "core/base/fd.h"

namespace archive {

/// Bytes that are pushed. Use from one thread at a time.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  /// Takes all of `data`. Throws whatever kept it from doing so; after that the sink is of no use.
  virtual void write(std::span<const std::byte> data) = 0;
  void write(std::string_view data) { write(std::as_bytes(std::span(data.data(), data.size()))); }
};

/// Appends to a file at its current position.
class FileSink : public ByteSink {
 public:
  /// `what` names it in errors: "'/tmp/image.tar'".
  FileSink(base::Fd file, std::string what) : file_(std::move(file)), what_(std::move(what)) {}
  using ByteSink::write;
  void write(std::span<const std::byte> data) override;

 private:
  base::Fd file_;
  std::string what_;
};

/// Collects in memory.
class StringSink : public ByteSink {
 public:
  using ByteSink::write;
  void write(std::span<const std::byte> data) override;
  const std::string& text() const { return text_; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

/// Passes on to `inner` (borrowed; may be null: then it only counts) and computes size and SHA-256 on the way.
class HashingSink : public ByteSink {
 public:
  explicit HashingSink(ByteSink* inner = nullptr) : inner_(inner) {}
  using ByteSink::write;
  void write(std::span<const std::byte> data) override;

  std::uint64_t bytes() const { return bytes_; }
  /// Digest of what has been written; once, after the last write.
  base::Digest finish() { return hash_.finish(); }

 private:
  ByteSink* inner_;
  base::Sha256 hash_;
  std::uint64_t bytes_ = 0;
};

}  // namespace archive
