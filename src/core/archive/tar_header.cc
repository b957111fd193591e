#include "core/archive/tar_header.h"

#include <algorithm>
#include <limits>

#include "core/base/error.h"
#include "core/base/text.h"

namespace archive {
namespace {

base::Error corrupt(const std::string& text) { return base::Error(base::Kind::corrupt, text); }

/// Up to the first NUL, or the whole field. What stands behind the NUL some readers would take for more of the name.
std::string text_of(std::string_view field, std::string_view what) {
  auto end = std::min(field.find('\0'), field.size());
  auto last = field.find_last_not_of('\0');
  if (last != std::string_view::npos && last > end)
    throw corrupt(std::string(what) + " " + base::quoted(field.substr(0, last + 1)) + " holds NUL");
  return std::string(field.substr(0, end));
}

std::int64_t base256(std::string_view field, std::string_view what) {
  bool negative = field[0] & 0x40;
  // Negative numbers are in two's complement: inverted on the way in and out, the magnitude cannot overflow unseen.
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < field.size(); i++) {
    unsigned byte = static_cast<unsigned char>(negative ? ~field[i] : field[i]);
    if (i == 0) byte &= 0x3F;
    if (value >> 55) throw corrupt(std::string(what) + " field does not fit into 63 bits");
    value = value << 8 | byte;
  }
  return negative ? -static_cast<std::int64_t>(value) - 1 : static_cast<std::int64_t>(value);
}

void check_sum(const TarBlock& block) {
  auto stated = tar_number(tar_field(block, 148, 8), "checksum");
  std::int64_t with_unsigned = 8 * ' ', with_signed = with_unsigned;  // the field itself counts as blanks
  for (std::size_t i = 0; i < block.size(); i++) {
    if (i >= 148 && i < 156) continue;
    with_unsigned += std::to_integer<int>(block[i]);
    with_signed += static_cast<signed char>(block[i]);  // as some old writers had it
  }
  if (stated != with_unsigned && stated != with_signed)
    throw corrupt("header checksum is " + std::to_string(stated) + " instead of " + std::to_string(with_unsigned));
}

}  // namespace

bool all_zero(const TarBlock& block) {
  return std::all_of(block.begin(), block.end(), [](std::byte b) { return b == std::byte{0}; });
}

std::string_view tar_field(const TarBlock& block, std::size_t offset, std::size_t size) {
  return std::string_view(reinterpret_cast<const char*>(block.data()) + offset, size);
}

std::int64_t tar_number(std::string_view field, std::string_view what) {
  if (!field.empty() && (field[0] & 0x80)) return base256(field, what);
  constexpr std::string_view padding(" \0", 2);
  auto first = field.find_first_not_of(padding);
  if (first == std::string_view::npos) return 0;
  auto digits = field.substr(first, field.find_last_not_of(padding) - first + 1);
  digits = digits.substr(0, digits.find('\0'));
  std::int64_t value = 0;  // 12 octal digits at most: no overflow
  for (char c : digits) {
    if (c < '0' || c > '7') throw corrupt(std::string(what) + " field " + base::quoted(digits) + " is not octal");
    value = value << 3 | (c - '0');
  }
  return value;
}

std::uint32_t tar_id(std::int64_t value, std::string_view what) {
  if (value < 0 || value >= std::numeric_limits<std::uint32_t>::max())
    throw corrupt(std::string(what) + " " + std::to_string(value) + " is not between 0 and 4294967294");
  return static_cast<std::uint32_t>(value);
}

TarHeader parse_tar_header(const TarBlock& block) {
  check_sum(block);
  TarHeader out;
  out.name = text_of(tar_field(block, 0, 100), "name");
  out.mode = static_cast<std::uint32_t>(tar_number(tar_field(block, 100, 8), "mode")) & 07777;
  out.uid = tar_id(tar_number(tar_field(block, 108, 8), "uid"), "uid");
  out.gid = tar_id(tar_number(tar_field(block, 116, 8), "gid"), "gid");
  auto size = tar_number(tar_field(block, 124, 12), "size");
  if (size < 0) throw corrupt("size " + std::to_string(size) + " is negative");
  out.size = static_cast<std::uint64_t>(size);
  out.mtime = tar_number(tar_field(block, 136, 12), "mtime");
  out.type = static_cast<char>(block[156]);
  out.link_name = text_of(tar_field(block, 157, 100), "link target");

  // V7 ends here. GNU ("ustar  ") has no prefix: other things stand in its place.
  auto magic = tar_field(block, 257, 8);
  if (!magic.starts_with("ustar")) return out;
  if (out.type == '3' || out.type == '4') {
    out.device_major = tar_id(tar_number(tar_field(block, 329, 8), "device major"), "device major");
    out.device_minor = tar_id(tar_number(tar_field(block, 337, 8), "device minor"), "device minor");
  }
  if (magic[5] != '\0') return out;
  bool star = tar_field(block, 508, 4) == std::string_view("tar\0", 4);
  auto prefix = text_of(tar_field(block, 345, star ? 131 : 155), "name prefix");
  if (!prefix.empty()) out.name = prefix + "/" + out.name;
  return out;
}

}  // namespace archive
