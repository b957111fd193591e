#include "core/archive/gzip_writer.h"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <vector>

#include "core/base/error.h"

namespace archive {
namespace {
constexpr std::size_t block_bytes = 256 * 1024;
}  // namespace

struct GzipSink::State {
  isal_zstream stream;
  std::vector<std::uint8_t> level_buffer = std::vector<std::uint8_t>(ISAL_DEF_LVL2_DEFAULT);
  std::vector<std::uint8_t> in;  // what the compressor gets is cut here, not by the caller's writes
  std::vector<std::byte> out = std::vector<std::byte>(block_bytes);
};

GzipSink::GzipSink(ByteSink& out) : out_(out), state_(std::make_unique<State>()) {
  isal_deflate_init(&state_->stream);
  state_->stream.level = 2;
  state_->stream.level_buf = state_->level_buffer.data();
  state_->stream.level_buf_size = static_cast<std::uint32_t>(state_->level_buffer.size());
  state_->stream.gzip_flag = IGZIP_GZIP;
  state_->in.reserve(block_bytes);
}

GzipSink::~GzipSink() = default;

void GzipSink::write(std::span<const std::byte> data) {
  while (!data.empty()) {
    std::size_t n = std::min(data.size(), block_bytes - state_->in.size());
    const auto* begin = reinterpret_cast<const std::uint8_t*>(data.data());
    state_->in.insert(state_->in.end(), begin, begin + n);
    data = data.subspan(n);
    if (state_->in.size() == block_bytes) compress(false);
  }
}

void GzipSink::finish() { compress(true); }

void GzipSink::compress(bool last) {
  auto& stream = state_->stream;
  stream.next_in = state_->in.data();
  stream.avail_in = static_cast<std::uint32_t>(state_->in.size());
  stream.end_of_stream = last ? 1 : 0;
  do {
    stream.next_out = reinterpret_cast<std::uint8_t*>(state_->out.data());
    stream.avail_out = static_cast<std::uint32_t>(state_->out.size());
    if (isal_deflate(&stream) != COMP_OK) throw base::Error(base::Kind::failed, "gzip compression failed");
    out_.write(std::span(state_->out).first(state_->out.size() - stream.avail_out));
  } while (stream.avail_out == 0);
  state_->in.clear();
}

std::string gzip(std::string_view data) {
  StringSink out;
  GzipSink sink(out);
  sink.write(data);
  sink.finish();
  return out.take();
}

}  // namespace archive
