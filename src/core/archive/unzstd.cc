#include <zstd.h>

#include "core/archive/buffered_input.h"
#include "core/archive/inflaters.h"
#include "core/base/error.h"

namespace archive {
namespace {

/// 128 MiB: what `zstd -d` accepts unasked, and more than any image builder uses.
constexpr int max_window_log = 27;

class Unzstd : public ByteSource {
 public:
  explicit Unzstd(ByteSource& input) : input_(input, ZSTD_DStreamInSize()), context_(ZSTD_createDCtx()) {
    if (!context_) throw base::Error(base::Kind::failed, "cannot start zstd decompression: out of memory");
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, max_window_log);
  }

  std::size_t read(std::span<std::byte> buffer) override {
    ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
    while (out.pos < out.size) {
      auto there = input_.look();
      if (there.empty() && !in_frame_) break;
      ZSTD_inBuffer in{there.data(), there.size(), 0};
      std::size_t before = out.pos;
      std::size_t hint = ZSTD_decompressStream(context_.get(), &out, &in);
      input_.take(in.pos);
      if (ZSTD_isError(hint)) throw problem("is damaged (" + std::string(ZSTD_getErrorName(hint)) + ")");
      in_frame_ = hint != 0;
      if (there.empty() && out.pos == before) throw problem("ends early");
    }
    return out.pos;
  }

 private:
  base::Error problem(const std::string& text) const {
    return base::Error(base::Kind::corrupt, "zstd data " + text + " at byte " + std::to_string(input_.position()));
  }

  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  BufferedInput input_;
  std::unique_ptr<ZSTD_DCtx, Free> context_;
  bool in_frame_ = true;  // an empty input is no frame either
};

}  // namespace

std::unique_ptr<ByteSource> unzstd(ByteSource& input) { return std::make_unique<Unzstd>(input); }

}  // namespace archive
