#include "core/archive/gzip_writer.h"

#include <algorithm>

namespace archive {
namespace {
constexpr std::size_t block_bytes = 256 * 1024;
}  // namespace

GzipSink::GzipSink(ByteSink& out) : out_(out) { block_.reserve(block_bytes); }

void GzipSink::write(std::span<const std::byte> data) {
  while (!data.empty()) {
    auto now = data.first(std::min(data.size(), block_bytes - block_.size()));
    block_.insert(block_.end(), now.begin(), now.end());
    data = data.subspan(now.size());
    if (block_.size() == block_bytes) compress(false);
  }
}

void GzipSink::finish() { compress(true); }

void GzipSink::compress(bool last) {
  deflater_.deflate(block_, last, out_);
  block_.clear();
}

std::string gzip(std::string_view data) {
  StringSink out;
  GzipSink sink(out);
  sink.write(data);
  sink.finish();
  return out.take();
}

}  // namespace archive
