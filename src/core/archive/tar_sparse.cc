#include "core/archive/tar_sparse.h"

#include "core/archive/pax.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace archive {
namespace {

base::Error corrupt(const std::string& text) { return base::Error(base::Kind::corrupt, text); }

/// Of one GNU sparse structure of 24 bytes; false if it is unused, which ends the list.
bool old_pair(const TarBlock& block, std::size_t offset, std::vector<Segment>& out) {
  auto where = tar_field(block, offset, 12), length = tar_field(block, offset + 12, 12);
  if (where[0] == '\0' && length[0] == '\0') return false;
  auto number = [](std::string_view field) {
    auto value = tar_number(field, "sparse map");
    if (value < 0) throw corrupt("sparse map holds the negative number " + std::to_string(value));
    return static_cast<std::uint64_t>(value);
  };
  out.push_back({number(where), number(length)});
  return true;
}

}  // namespace

std::vector<Segment> sparse_map_of_list(std::string_view list) {
  std::vector<Segment> out;
  if (list.empty()) return out;
  auto numbers = base::split(list, ',');
  if (numbers.size() % 2 != 0) throw corrupt("sparse map has an odd number of values");
  for (std::size_t i = 0; i < numbers.size(); i += 2)
    out.push_back({pax_number("GNU.sparse.map", numbers[i]), pax_number("GNU.sparse.map", numbers[i + 1])});
  return out;
}

std::vector<Segment> sparse_map_of_blocks(const std::function<TarBlock()>& next_block, std::uint64_t max_bytes) {
  TarBlock block;
  std::size_t used = block.size();
  std::uint64_t taken = 0;
  auto number = [&] {
    std::string digits;
    for (;;) {
      if (used == block.size()) {
        if ((taken += block.size()) > max_bytes)
          throw corrupt("sparse map is larger than " + std::to_string(max_bytes) + " bytes");
        block = next_block();
        used = 0;
      }
      char c = static_cast<char>(block[used++]);
      if (c == '\n') return pax_number("sparse map", digits);
      digits += c;
      if (digits.size() > 20) throw corrupt("sparse map holds " + base::quoted(digits) + " instead of a number");
    }
  };
  std::vector<Segment> out;
  for (std::uint64_t left = number(); left > 0; left--) {
    std::uint64_t offset = number();
    out.push_back({offset, number()});
  }
  return out;
}

OldSparse sparse_map_of_header(const TarBlock& header, const std::function<TarBlock()>& next_block,
                               std::uint64_t max_bytes) {
  OldSparse out;
  auto size = tar_number(tar_field(header, 483, 12), "real size");
  if (size < 0) throw corrupt("real size " + std::to_string(size) + " is negative");
  out.size = static_cast<std::uint64_t>(size);
  bool more = header[482] != std::byte{0};
  for (std::size_t i = 0; i < 4 && old_pair(header, 386 + i * 24, out.segments); i++) continue;
  std::uint64_t taken = 0;
  while (more) {
    TarBlock block = next_block();
    if ((taken += block.size()) > max_bytes)
      throw corrupt("sparse map is larger than " + std::to_string(max_bytes) + " bytes");
    for (std::size_t i = 0; i < 21 && old_pair(block, i * 24, out.segments); i++) continue;
    more = block[504] != std::byte{0};
  }
  return out;
}

void check_sparse_map(const std::vector<Segment>& segments, std::uint64_t size, std::uint64_t stored) {
  std::uint64_t end = 0, sum = 0;
  for (const auto& segment : segments) {
    if (segment.offset < end || segment.offset > size || segment.length > size - segment.offset)
      throw corrupt("sparse map is not ascending within " + std::to_string(size) +
                    " bytes: " + std::to_string(segment.length) + " bytes at " + std::to_string(segment.offset));
    end = segment.offset + segment.length;
    sum += segment.length;
  }
  if (sum != stored)
    throw corrupt("sparse map speaks of " + std::to_string(sum) + " bytes and " + std::to_string(stored) +
                  " are stored");
}

}  // namespace archive
