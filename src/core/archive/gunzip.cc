#include <algorithm>
#include <array>
#include <limits>

#include "core/archive/buffered_input.h"
#include "core/archive/deflate.h"
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

class Gunzip : public ByteSource {
 public:
  explicit Gunzip(ByteSource& input) : input_(input) {}

  std::size_t read(std::span<std::byte> buffer) override {
    buffer = buffer.first(std::min<std::size_t>(buffer.size(), std::numeric_limits<std::int32_t>::max()));
    auto room = buffer;
    while (!room.empty()) {
      if (!in_member_) {
        if (input_.look().empty() && members_ > 0) break;
        begin_member();
      }
      room = room.subspan(inflate(room));
    }
    return buffer.size() - room.size();
  }

 private:
  base::Error problem(const std::string& text, std::uint64_t taken_too_many = 0) const {
    return base::Error(base::Kind::corrupt,
                       "gzip data " + text + " at byte " + std::to_string(input_.position() - taken_too_many));
  }

  std::uint8_t byte() {
    int value = input_.byte();
    if (value < 0) throw problem("ends early");
    return static_cast<std::uint8_t>(value);
  }

  /// A byte of the header, all of which FHCRC covers.
  std::uint8_t header_byte() {
    std::uint8_t value = byte();
    header_crc_ = crc32(header_crc_, {&value, 1});
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
    inflater_.begin();
    in_member_ = true;
    members_++;
  }

  std::size_t inflate(std::span<std::byte> out) {
    auto there = input_.look();
    auto [taken, made, ended, fault] = inflater_.inflate(there, out);
    input_.take(taken);
    if (!fault.empty()) {
      std::uint64_t ahead = 0;
      while (inflater_.taken_too_many() >= 0) ahead++;
      throw problem("is damaged (" + std::string(fault) + ")", ahead);
    }
    if (ended)
      end_member();
    else if (there.empty() && made == 0)
      throw problem("ends early");
    return made;
  }

  /// CRC32 and ISIZE.
  void end_member() {
    std::array<std::uint32_t, 2> stated{};
    for (int i = 0; i < 8; i++) {
      int ahead = inflater_.taken_too_many();
      stated[i / 4] |= (ahead < 0 ? byte() : static_cast<std::uint32_t>(ahead)) << (i % 4 * 8);
    }
    if (stated[0] != inflater_.crc())
      throw problem("has CRC " + hex(stated[0], 8) + " instead of " + hex(inflater_.crc(), 8));
    if (stated[1] != inflater_.size())
      throw problem("states a size of " + std::to_string(stated[1]) + " instead of " +
                    std::to_string(inflater_.size()) + " (modulo 2^32)");
    in_member_ = false;
  }

  BufferedInput input_;
  Inflater inflater_;
  bool in_member_ = false;
  std::uint64_t members_ = 0;
  std::uint32_t header_crc_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> gunzip(ByteSource& input) { return std::make_unique<Gunzip>(input); }

}  // namespace archive
