#include "core/archive/decompress.h"

#include <bzlib.h>
#include <doctest/doctest.h>
#include <lzma.h>
#include <zstd.h>

#include <algorithm>
#include <random>

#include "core/archive/gzip_writer.h"
#include "tests/support/error_text.h"

namespace {

using archive::Compression;

/// Gives out `step` bytes at a time, as a slow connection does.
class Dripping : public archive::ByteSource {
 public:
  Dripping(std::string_view data, std::size_t step) : source_(data), step_(step) {}
  std::size_t read(std::span<std::byte> buffer) override {
    return source_.read(buffer.first(std::min(step_, buffer.size())));
  }

 private:
  archive::MemorySource source_;
  std::size_t step_;
};

/// Text and noise, so that there are long and short matches and blocks of each kind.
std::string sample(std::size_t size) {
  std::mt19937 random(42);
  std::string out;
  while (out.size() < size) {
    if (random() % 3 == 0)
      for (int i = 0; i < 300; i++) out += static_cast<char>(random());
    else if (random() % 2 == 0)
      out += "the same words again and again ";
    else
      out.append(random() % 2000, static_cast<char>('a' + random() % 26));
  }
  out.resize(size);
  return out;
}

std::string zstd(std::string_view data, int level = 3) {
  std::string out(ZSTD_compressBound(data.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), data.data(), data.size(), level));
  return out;
}

std::string xz(std::string_view data) {
  std::string out(lzma_stream_buffer_bound(data.size()), '\0');
  std::size_t size = 0;
  REQUIRE(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const std::uint8_t*>(data.data()),
                                  data.size(), reinterpret_cast<std::uint8_t*>(out.data()), &size,
                                  out.size()) == LZMA_OK);
  out.resize(size);
  return out;
}

std::string bzip2(std::string data) {
  std::string out(data.size() * 2 + 600, '\0');
  auto size = static_cast<unsigned>(out.size());
  REQUIRE(BZ2_bzBuffToBuffCompress(out.data(), &size, data.data(), static_cast<unsigned>(data.size()), 1, 0, 0) ==
          BZ_OK);
  out.resize(size);
  return out;
}

std::string plain(std::string_view data, std::size_t step = 1 << 16, archive::ExpansionLimits limits = {}) {
  Dripping source(data, step);
  auto decoded = archive::decompressed(source, limits);
  return archive::read_all(*decoded, 1 << 30, "the data");
}

}  // namespace

TEST_CASE("the first bytes say how data is compressed") {
  auto of = [](std::string_view text) { return archive::sniff(std::as_bytes(std::span(text.data(), text.size()))); };
  CHECK(of("\x1f\x8b\x08") == Compression::gzip);
  CHECK(of("\x28\xb5\x2f\xfd") == Compression::zstd);
  CHECK(of("\x5a\x2a\x4d\x18") == Compression::zstd);
  CHECK(of(std::string_view("\xfd"
                            "7zXZ\0\0\4",
                            8)) == Compression::xz);
  CHECK(of("BZh91AY&") == Compression::bzip2);
  CHECK(of("BZh0") == Compression::none);
  CHECK(of("etc/pass") == Compression::none);
  CHECK(of("\x1f") == Compression::none);
  CHECK(of("") == Compression::none);
}

TEST_CASE("data of every compression comes out as it was, however they arrive") {
  std::string data = sample(3 << 20);
  for (const auto& stored : {archive::gzip(data), zstd(data), zstd(data, 19), xz(data), bzip2(data), data})
    for (std::size_t step : {std::size_t{1}, std::size_t{1000}, std::size_t{1} << 20}) {
      CAPTURE(step);
      bool same = plain(stored, step) == data;
      CHECK(same);
    }
  CHECK(plain("") == "");
  CHECK(plain(archive::gzip("")) == "");
  CHECK(plain(zstd("")) == "");
  CHECK(plain(xz("")) == "");
  CHECK(plain(bzip2("")) == "");
}

TEST_CASE("members and frames follow each other, empty ones among them") {
  CHECK(plain(archive::gzip("one ") + archive::gzip("") + archive::gzip("two")) == "one two");
  CHECK(plain(archive::gzip("one ") + archive::gzip("two"), 1) == "one two");
  std::string skippable("\x53\x2a\x4d\x18\x03\0\0\0abc", 11);
  CHECK(plain(skippable + zstd("one ") + skippable + zstd("") + zstd("two") + skippable) == "one two");
  CHECK(plain(zstd("one ") + zstd("two"), 1) == "one two");
  CHECK(plain(xz("one ") + xz("") + std::string(4, '\0') + xz("two"), 1) == "one two");
  CHECK(plain(bzip2("one ") + bzip2("") + bzip2("two"), 1) == "one two");
}

TEST_CASE("a gzip header may have every optional field") {
  std::string data = archive::gzip("text");
  // FHCRC stays unset here; the hostile files have it wrong.
  std::string fields = std::string("\x05\0extra", 7) + std::string("name\0", 5) + std::string("comment\0", 8);
  std::string with = data.substr(0, 3) + static_cast<char>(4 | 8 | 16) + data.substr(4, 6) + fields + data.substr(10);
  for (std::size_t step : {1, 100}) CHECK(plain(with, step) == "text");
}

TEST_CASE("a gzip stream cut anywhere is an error, never less data") {
  std::string stored = archive::gzip(sample(20000));
  for (std::size_t size = 2; size < stored.size(); size += 7) {
    CAPTURE(size);
    CHECK(support::error_text([&] { plain(stored.substr(0, size)); }) ==
          "gzip data ends early at byte " + std::to_string(size));
  }
}

TEST_CASE("a gzip stream with one bit turned is an error or says the same") {
  std::string data = sample(3000), stored = archive::gzip(data);
  for (std::size_t bit = 10 * 8; bit < stored.size() * 8; bit += 3) {
    std::string damaged = stored;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    std::string out = data;
    try {
      out = plain(damaged);
    } catch (const base::Error& error) {
      REQUIRE(error.kind() == base::Kind::corrupt);
    }
    REQUIRE(out == data);
  }
}

TEST_CASE("expansion is bounded in bytes and in proportion") {
  archive::ExpansionLimits limits;
  limits.max_bytes = 1000;
  std::string zeros(5 << 20, '\0');
  for (const auto& stored : {archive::gzip(zeros), zstd(zeros), zeros})
    CHECK(support::error_text([&] { plain(stored, 1 << 16, limits); }) == "data is larger than the 1000 B allowed");
  limits = {};
  limits.max_ratio = 100;
  limits.free_bytes = 1 << 20;
  auto text = support::error_text([&] { plain(archive::gzip(zeros), 100, limits); });
  CHECK(text.starts_with("gzip data expands more than 100 times: "));
  CHECK(support::error_text([&] {
          plain(zstd(zeros), 100, limits);
        }).starts_with("zstd data expands more than 100 times: "));
  CHECK(plain(archive::gzip(zeros.substr(0, 1 << 20)), 1 << 16, limits).size() == 1 << 20);
  CHECK(plain(zeros, 1 << 16, limits).size() == zeros.size());
}

TEST_CASE("compressing gives the same bytes however the writes are cut") {
  std::string data = sample(1 << 20);
  archive::StringSink out;
  archive::GzipSink sink(out);
  for (std::size_t at = 0, step = 1; at < data.size(); at += step, step = step * 3 % 70001)
    sink.write(std::string_view(data).substr(at, step));
  sink.finish();
  bool same = out.text() == archive::gzip(data);
  CHECK(same);
}
