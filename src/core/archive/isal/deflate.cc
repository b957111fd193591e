#include "core/archive/deflate.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <vector>

#include "core/base/error.h"

namespace archive {
namespace {

std::string_view fault_of(int result) {
  switch (result) {
    case ISAL_INVALID_BLOCK:
      return "invalid block";
    case ISAL_INVALID_SYMBOL:
      return "invalid symbol";
    case ISAL_INVALID_LOOKBACK:
      return "distance beyond the start";
  }
  return result < 0 ? "invalid stream" : "";
}

// ISA-L only reads through its input pointers.
std::uint8_t* input(std::span<const std::byte> in) {
  return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(in.data()));
}

}  // namespace

std::uint32_t crc32(std::uint32_t crc, std::span<const std::uint8_t> data) {
  return crc32_gzip_refl(crc, data.data(), data.size());
}

struct Inflater::State : inflate_state {};

Inflater::Inflater() : state_(std::make_unique<State>()) {}
Inflater::~Inflater() = default;

void Inflater::begin() {
  isal_inflate_init(state_.get());
  state_->crc_flag = ISAL_GZIP_NO_HDR;
}

Inflater::Progress Inflater::inflate(std::span<const std::byte> in, std::span<std::byte> out) {
  state_->next_in = input(in);
  state_->avail_in = static_cast<std::uint32_t>(in.size());
  state_->next_out = reinterpret_cast<std::uint8_t*>(out.data());
  state_->avail_out = static_cast<std::uint32_t>(out.size());
  int result = isal_inflate(state_.get());
  return {in.size() - state_->avail_in, out.size() - state_->avail_out, state_->block_state == ISAL_BLOCK_FINISH,
          fault_of(result)};
}

int Inflater::taken_too_many() {
  state_->read_in >>= state_->read_in_length % 8;
  state_->read_in_length -= state_->read_in_length % 8;
  if (state_->read_in_length <= 0) return -1;
  int value = state_->read_in & 0xFF;
  state_->read_in >>= 8;
  state_->read_in_length -= 8;
  return value;
}

std::uint32_t Inflater::crc() const { return state_->crc; }
std::uint32_t Inflater::size() const { return state_->total_out; }

struct Deflater::State {
  isal_zstream stream;
  std::vector<std::uint8_t> level_buffer = std::vector<std::uint8_t>(ISAL_DEF_LVL2_DEFAULT);
  std::vector<std::byte> out = std::vector<std::byte>(256 * 1024);
};

Deflater::Deflater() : state_(std::make_unique<State>()) {
  isal_deflate_init(&state_->stream);
  state_->stream.level = 2;
  state_->stream.level_buf = state_->level_buffer.data();
  state_->stream.level_buf_size = static_cast<std::uint32_t>(state_->level_buffer.size());
  state_->stream.gzip_flag = IGZIP_GZIP;
}
Deflater::~Deflater() = default;

void Deflater::deflate(std::span<const std::byte> in, bool last, ByteSink& out) {
  auto& stream = state_->stream;
  stream.next_in = input(in);
  stream.avail_in = static_cast<std::uint32_t>(in.size());
  stream.end_of_stream = last ? 1 : 0;
  do {
    stream.next_out = reinterpret_cast<std::uint8_t*>(state_->out.data());
    stream.avail_out = static_cast<std::uint32_t>(state_->out.size());
    if (isal_deflate(&stream) != COMP_OK) throw base::Error(base::Kind::failed, "gzip compression failed");
    out.write(std::span(state_->out).first(state_->out.size() - stream.avail_out));
  } while (stream.avail_out == 0);
}

}  // namespace archive
