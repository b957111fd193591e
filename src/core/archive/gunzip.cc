#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "core/archive/buffered_input.h"
#include "core/archive/inflaters.h"
#include "core/base/error.h"

namespace archive {
namespace {

// RFC 1952, 2.3.1
constexpr int flag_header_crc = 2, flag_extra = 4, flag_name = 8, flag_comment = 16, reserved_flags = 0xE0;

std::string hex(std::uint32_t value, int digits) {
  char out[16];
  std::snprintf(out, sizeof out, "%0*x", digits, value);
  return out;
}

std::string_view fault(int result) {
  switch (result) {
    case ISAL_INVALID_BLOCK:
      return "invalid block";
    case ISAL_INVALID_SYMBOL:
      return "invalid symbol";
    case ISAL_INVALID_LOOKBACK:
      return "distance beyond the start";
  }
  return "invalid stream";
}

class Gunzip : public ByteSource {
 public:
  explicit Gunzip(ByteSource& input) : input_(input) {}

  std::size_t read(std::span<std::byte> buffer) override {
    buffer = buffer.first(std::min<std::size_t>(buffer.size(), std::numeric_limits<std::int32_t>::max()));
    state_.next_out = reinterpret_cast<std::uint8_t*>(buffer.data());
    state_.avail_out = static_cast<std::uint32_t>(buffer.size());
    while (state_.avail_out > 0) {
      if (!in_member_) {
        if (input_.look().empty() && members_ > 0) break;
        begin_member();
      }
      inflate();
    }
    return buffer.size() - state_.avail_out;
  }

 private:
  base::Error problem(const std::string& text) const {
    return base::Error(base::Kind::corrupt, "gzip data " + text + " at byte " + std::to_string(input_.position()));
  }

  std::uint8_t byte() {
    int value = input_.byte();
    if (value < 0) throw problem("ends early");
    return static_cast<std::uint8_t>(value);
  }

  /// A byte of the header, all of which FHCRC covers.
  std::uint8_t header_byte() {
    std::uint8_t value = byte();
    header_crc_ = crc32_gzip_refl(header_crc_, &value, 1);
    return value;
  }

  void begin_member() {
    header_crc_ = 0;
    int first = header_byte();
    if (first != 0x1f || header_byte() != 0x8b)
      throw problem(members_ == 0 ? "has no gzip header" : "is followed by something else");
    if (int method = header_byte(); method != 8)
      throw problem("has compression method " + std::to_string(method) + " instead of 8 (deflate)");
    int flags = header_byte();
    if (flags & reserved_flags) throw problem("has reserved header flags 0x" + hex(flags, 2));
    for (int i = 0; i < 6; i++) header_byte();  // time, hints, system
    if (flags & flag_extra) {
      int length = header_byte();
      length |= header_byte() << 8;
      while (length-- > 0) header_byte();
    }
    if (flags & flag_name)
      while (header_byte() != 0) continue;
    if (flags & flag_comment)
      while (header_byte() != 0) continue;
    if (flags & flag_header_crc) {
      std::uint32_t expected = header_crc_ & 0xFFFF;
      std::uint32_t stated = byte();
      stated |= static_cast<std::uint32_t>(byte()) << 8;
      if (stated != expected) throw problem("has header CRC " + hex(stated, 4) + " instead of " + hex(expected, 4));
    }
    auto* next_out = state_.next_out;
    auto avail_out = state_.avail_out;
    isal_inflate_init(&state_);
    state_.crc_flag = ISAL_GZIP_NO_HDR;
    state_.next_out = next_out;
    state_.avail_out = avail_out;
    in_member_ = true;
    members_++;
  }

  void inflate() {
    auto there = input_.look();
    // ISA-L only reads through next_in.
    state_.next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(there.data()));
    state_.avail_in = static_cast<std::uint32_t>(there.size());
    std::uint32_t room = state_.avail_out;
    int result = isal_inflate(&state_);
    input_.take(there.size() - state_.avail_in);
    if (result < 0) throw problem("is damaged (" + std::string(fault(result)) + ")");
    if (state_.block_state == ISAL_BLOCK_FINISH)
      end_member();
    else if (there.empty() && state_.avail_out == room)
      throw problem("ends early");
  }

  /// CRC32 and ISIZE. The decoder may have taken some of these bytes into its bit buffer.
  void end_member() {
    std::uint64_t bits = state_.read_in >> (state_.read_in_length % 8);
    int ahead = state_.read_in_length / 8;
    std::array<std::uint32_t, 2> stated{};
    for (int i = 0; i < 8; i++) {
      std::uint32_t value;
      if (ahead > 0) {
        value = bits & 0xFF;
        bits >>= 8;
        ahead--;
      } else {
        value = byte();
      }
      stated[i / 4] |= value << (i % 4 * 8);
    }
    if (stated[0] != state_.crc) throw problem("has CRC " + hex(stated[0], 8) + " instead of " + hex(state_.crc, 8));
    if (stated[1] != state_.total_out)
      throw problem("states a size of " + std::to_string(stated[1]) + " instead of " +
                    std::to_string(state_.total_out) + " (modulo 2^32)");
    in_member_ = false;
  }

  BufferedInput input_;
  inflate_state state_;
  bool in_member_ = false;
  std::uint64_t members_ = 0;
  std::uint32_t header_crc_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> gunzip(ByteSource& input) { return std::make_unique<Gunzip>(input); }

}  // namespace archive
