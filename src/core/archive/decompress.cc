#include "core/archive/decompress.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/archive/inflaters.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace archive {
namespace {

/// Gives back the bytes that were looked at, then the rest.
class Replayed : public ByteSource {
 public:
  explicit Replayed(ByteSource& rest) : rest_(rest) { size_ = read_full(rest_, start_); }
  std::span<const std::byte> start() const { return std::span(start_).first(size_); }

  std::size_t read(std::span<std::byte> buffer) override {
    if (given_ == size_) return rest_.read(buffer);
    std::size_t n = std::min(buffer.size(), size_ - given_);
    std::memcpy(buffer.data(), start_.data() + given_, n);
    given_ += n;
    return n;
  }

 private:
  ByteSource& rest_;
  std::array<std::byte, sniff_bytes> start_;
  std::size_t size_ = 0, given_ = 0;
};

/// Owns the chain: input, what was sniffed, decoder; and holds it to its limits.
class Expanding : public ByteSource {
 public:
  Expanding(ByteSource& input, const ExpansionLimits& limits)
      : counted_(input), limits_(limits), replayed_(counted_), compression_(sniff(replayed_.start())) {
    if (compression_ == Compression::gzip) decoder_ = gunzip(replayed_);
    if (compression_ == Compression::zstd) decoder_ = unzstd(replayed_);
    if (compression_ == Compression::xz) decoder_ = unxz(replayed_);
    if (compression_ == Compression::bzip2) decoder_ = unbzip2(replayed_);
  }

  std::size_t read(std::span<std::byte> buffer) override {
    std::size_t n = decoder_ ? decoder_->read(buffer) : replayed_.read(buffer);
    produced_ += n;
    if (produced_ > limits_.max_bytes)
      throw base::Error(base::Kind::corrupt,
                        "data is larger than the " + base::human_bytes(limits_.max_bytes) + " allowed");
    if (decoder_ && produced_ > limits_.free_bytes && produced_ / limits_.max_ratio > counted_.bytes)
      throw base::Error(base::Kind::corrupt, std::string(name_of(compression_)) + " data expands more than " +
                                                 std::to_string(limits_.max_ratio) +
                                                 " times: " + base::human_bytes(counted_.bytes) + " gave " +
                                                 base::human_bytes(produced_) + " so far");
    return n;
  }

 private:
  struct Counted : ByteSource {
    explicit Counted(ByteSource& source) : inner(source) {}
    std::size_t read(std::span<std::byte> buffer) override {
      std::size_t n = inner.read(buffer);
      bytes += n;
      return n;
    }
    ByteSource& inner;
    std::uint64_t bytes = 0;
  };

  Counted counted_;
  ExpansionLimits limits_;
  Replayed replayed_;
  Compression compression_;
  std::unique_ptr<ByteSource> decoder_;
  std::uint64_t produced_ = 0;
};

}  // namespace

std::string_view name_of(Compression compression) {
  switch (compression) {
    case Compression::none:
      return "none";
    case Compression::gzip:
      return "gzip";
    case Compression::zstd:
      return "zstd";
    case Compression::xz:
      return "xz";
    case Compression::bzip2:
      return "bzip2";
  }
  return "";
}

Compression sniff(std::span<const std::byte> start) {
  std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
  if (text.starts_with("\x1f\x8b")) return Compression::gzip;
  if (text.starts_with("\x28\xb5\x2f\xfd")) return Compression::zstd;
  // A skippable frame (RFC 8878, 3.1.2) may come first: seekable and estargz-like zstd layers begin so.
  if (text.size() >= 4 && (text[0] & 0xF0) == 0x50 && text.substr(1, 3) == "\x2a\x4d\x18") return Compression::zstd;
  if (text.starts_with(std::string_view("\xfd"
                                        "7zXZ\0",
                                        6)))
    return Compression::xz;
  if (text.starts_with("BZh") && text.size() >= 4 && text[3] >= '1' && text[3] <= '9') return Compression::bzip2;
  return Compression::none;
}

std::unique_ptr<ByteSource> decompressed(ByteSource& input, const ExpansionLimits& limits) {
  return std::make_unique<Expanding>(input, limits);
}

}  // namespace archive
