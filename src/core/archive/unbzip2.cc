#include <bzlib.h>

#include <algorithm>
#include <limits>

#include "core/archive/buffered_input.h"
#include "core/archive/inflaters.h"
#include "core/base/error.h"

namespace archive {
namespace {

class Unbzip2 : public ByteSource {
 public:
  explicit Unbzip2(ByteSource& input) : input_(input) {}
  ~Unbzip2() override { end(); }

  std::size_t read(std::span<std::byte> buffer) override {
    stream_.next_out = reinterpret_cast<char*>(buffer.data());
    auto room = static_cast<unsigned>(std::min<std::size_t>(buffer.size(), std::numeric_limits<unsigned>::max()));
    stream_.avail_out = room;
    while (stream_.avail_out > 0) {
      auto there = input_.look();
      if (!open_) {
        if (there.empty() && streams_ > 0) break;
        begin();
      }
      stream_.next_in = const_cast<char*>(reinterpret_cast<const char*>(there.data()));  // bzlib only reads
      stream_.avail_in = static_cast<unsigned>(there.size());
      unsigned before = stream_.avail_out;
      int result = BZ2_bzDecompress(&stream_);
      input_.take(there.size() - stream_.avail_in);
      if (result == BZ_STREAM_END)
        end();
      else if (result == BZ_DATA_ERROR_MAGIC && streams_ > 1)
        throw problem("is followed by something else");
      else if (result != BZ_OK)
        throw problem("is damaged");
      else if (there.empty() && stream_.avail_out == before)
        throw problem("ends early");
    }
    return room - stream_.avail_out;
  }

 private:
  void begin() {
    if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK)
      throw base::Error(base::Kind::failed, "cannot start bzip2 decompression: out of memory");
    open_ = true;
    streams_++;
  }
  void end() {
    if (open_) BZ2_bzDecompressEnd(&stream_);
    open_ = false;
  }
  base::Error problem(const std::string& text) const {
    return base::Error(base::Kind::corrupt, "bzip2 data " + text + " at byte " + std::to_string(input_.position()));
  }

  BufferedInput input_;
  bz_stream stream_{};
  bool open_ = false;
  std::uint64_t streams_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> unbzip2(ByteSource& input) { return std::make_unique<Unbzip2>(input); }

}  // namespace archive
