#include "core/archive/deflate.h"

#include <zlib.h>

#include <new>
#include <vector>

#include "core/base/error.h"

namespace archive {
namespace {

constexpr int raw = -MAX_WBITS, gzip_member = MAX_WBITS + 16, fastest = 1, usual_memory = 8;

std::string_view fault_of(const char* message) {
  std::string_view text = message ? message : "";
  if (text.find("distance too far") != text.npos) return "distance beyond the start";
  if (text == "invalid literal/length code" || text == "invalid distance code") return "invalid symbol";
  return "invalid block";
}

void set(z_stream& stream, std::span<const std::byte> in, std::span<std::byte> out) {
  // zlib only reads through next_in.
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(in.data()));
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
}

}  // namespace

std::uint32_t crc32(std::uint32_t crc, std::span<const std::uint8_t> data) {
  return static_cast<std::uint32_t>(::crc32_z(crc, data.data(), data.size()));
}

struct Inflater::State {
  State() {
    if (inflateInit2(&stream, raw) != Z_OK) throw std::bad_alloc();
  }
  ~State() { inflateEnd(&stream); }
  z_stream stream{};
  std::uint32_t crc = 0;
};

Inflater::Inflater() : state_(std::make_unique<State>()) {}
Inflater::~Inflater() = default;

void Inflater::begin() {
  inflateReset(&state_->stream);
  state_->crc = 0;
}

Inflater::Progress Inflater::inflate(std::span<const std::byte> in, std::span<std::byte> out) {
  auto& stream = state_->stream;
  set(stream, in, out);
  int result = ::inflate(&stream, Z_NO_FLUSH);
  if (result == Z_MEM_ERROR) throw std::bad_alloc();
  const std::size_t made = out.size() - stream.avail_out;
  state_->crc = crc32(state_->crc, {reinterpret_cast<const std::uint8_t*>(out.data()), made});
  // Z_BUF_ERROR: there was nothing to go on with.
  const bool fine = result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
  return {in.size() - stream.avail_in, made, result == Z_STREAM_END, fine ? "" : fault_of(stream.msg)};
}

int Inflater::taken_too_many() { return -1; }
std::uint32_t Inflater::crc() const { return state_->crc; }
std::uint32_t Inflater::size() const { return static_cast<std::uint32_t>(state_->stream.total_out); }

struct Deflater::State {
  State() {
    if (deflateInit2(&stream, fastest, Z_DEFLATED, gzip_member, usual_memory, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  ~State() { deflateEnd(&stream); }
  z_stream stream{};
  std::vector<std::byte> out = std::vector<std::byte>(256 * 1024);
};

Deflater::Deflater() : state_(std::make_unique<State>()) {}
Deflater::~Deflater() = default;

void Deflater::deflate(std::span<const std::byte> in, bool last, ByteSink& out) {
  auto& stream = state_->stream;
  set(stream, in, {});
  do {
    stream.next_out = reinterpret_cast<Bytef*>(state_->out.data());
    stream.avail_out = static_cast<uInt>(state_->out.size());
    if (::deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_ERROR)
      throw base::Error(base::Kind::failed, "gzip compression failed");
    out.write(std::span(state_->out).first(state_->out.size() - stream.avail_out));
  } while (stream.avail_out == 0);
}

}  // namespace archive
