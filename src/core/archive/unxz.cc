#include <lzma.h>

#include "core/archive/buffered_input.h"
#include "core/archive/inflaters.h"
#include "core/base/error.h"

namespace archive {
namespace {

/// `xz -9` needs 65 MiB to decompress.
constexpr std::uint64_t max_memory = std::uint64_t{128} << 20;

std::string_view fault(lzma_ret result) {
  switch (result) {
    case LZMA_FORMAT_ERROR:
      return "not an xz stream";
    case LZMA_OPTIONS_ERROR:
      return "unknown options";
    case LZMA_MEMLIMIT_ERROR:
      return "dictionary larger than 128 MiB";
    case LZMA_MEM_ERROR:
      return "out of memory";
    default:
      return "invalid data";
  }
}

class Unxz : public ByteSource {
 public:
  explicit Unxz(ByteSource& input) : input_(input) {
    if (lzma_stream_decoder(&stream_, max_memory, LZMA_CONCATENATED) != LZMA_OK)
      throw base::Error(base::Kind::failed, "cannot start xz decompression: out of memory");
  }
  ~Unxz() override { lzma_end(&stream_); }

  std::size_t read(std::span<std::byte> buffer) override {
    stream_.next_out = reinterpret_cast<std::uint8_t*>(buffer.data());
    stream_.avail_out = buffer.size();
    while (!ended_ && stream_.avail_out > 0) {
      auto there = input_.look();
      stream_.next_in = reinterpret_cast<const std::uint8_t*>(there.data());
      stream_.avail_in = there.size();
      auto result = lzma_code(&stream_, there.empty() ? LZMA_FINISH : LZMA_RUN);
      input_.take(there.size() - stream_.avail_in);
      if (result == LZMA_STREAM_END)
        ended_ = true;
      else if (result == LZMA_BUF_ERROR && there.empty())
        throw problem("ends early");
      else if (result != LZMA_OK)
        throw problem("is damaged (" + std::string(fault(result)) + ")");
    }
    return buffer.size() - stream_.avail_out;
  }

 private:
  base::Error problem(const std::string& text) const {
    return base::Error(base::Kind::corrupt, "xz data " + text + " at byte " + std::to_string(input_.position()));
  }

  BufferedInput input_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> unxz(ByteSource& input) { return std::make_unique<Unxz>(input); }

}  // namespace archive
