#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/digest.h"
#include "core/base/fd.h"

namespace archive {

/// Bytes that are pulled. Use from one thread at a time; it may be another thread than the one that made it.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// Fills the front of `buffer` (not empty) and says how much; fewer bytes than asked do not mean the end, 0 does,
  /// and stays 0. Throws whatever kept the bytes from coming; after that the source is of no use.
  virtual std::size_t read(std::span<std::byte> buffer) = 0;
};

/// Bytes that are pulled and looked at where they lie, for those to whom a copy costs time.
class PieceSource {
 public:
  virtual ~PieceSource() = default;

  /// The next bytes, valid until the next call; empty at the end, and stays empty. Throws like ByteSource::read.
  virtual std::span<const std::byte> next() = 0;
};

/// A file from its current position to its end.
class FileSource : public ByteSource {
 public:
  /// `what` names it in errors: "'/tmp/layer.tar'".
  FileSource(base::Fd file, std::string what) : file_(std::move(file)), what_(std::move(what)) {}
  std::size_t read(std::span<std::byte> buffer) override;

 private:
  base::Fd file_;
  std::string what_;
};

/// Bytes in memory, which must outlive this.
class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::span<const std::byte> data) : data_(data) {}
  explicit MemorySource(std::string_view data) : data_(std::as_bytes(std::span(data.data(), data.size()))) {}
  std::size_t read(std::span<std::byte> buffer) override;

 private:
  std::span<const std::byte> data_;
};

/// Passes on what it reads from `inner` (borrowed) and computes its size and SHA-256 on the way.
class HashingSource : public ByteSource {
 public:
  explicit HashingSource(ByteSource& inner) : inner_(inner) {}
  std::size_t read(std::span<std::byte> buffer) override;

  std::uint64_t bytes() const { return bytes_; }
  /// Digest of what has been read; once, after the last read.
  base::Digest finish() { return hash_.finish(); }

 private:
  ByteSource& inner_;
  base::Sha256 hash_;
  std::uint64_t bytes_ = 0;
};

/// Cuts `inner` (borrowed) into pieces of up to `buffer_bytes`, read in the calling thread.
class BufferedPieces : public PieceSource {
 public:
  explicit BufferedPieces(ByteSource& inner, std::size_t buffer_bytes = 128 * 1024);
  std::span<const std::byte> next() override;

 private:
  ByteSource& inner_;
  std::vector<std::byte> buffer_;
};

/// Reads `source` until `buffer` is full or the end is reached; returns how much was read.
std::size_t read_full(ByteSource& source, std::span<std::byte> buffer);

/// Everything up to the end. Throws corrupt, naming `what`, if that is more than `max_bytes`.
std::string read_all(ByteSource& source, std::uint64_t max_bytes, std::string_view what);

}  // namespace archive
