#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "core/archive/tar_entry.h"
#include "core/archive/tar_header.h"

namespace archive {

/// The forms in which GNU tar writes where the bytes of a sparse file belong (GNU tar manual, "Storing Sparse Files").
/// All throw corrupt; `max_bytes` bounds what a map may take.

/// Form 0.1: "offset,length,offset,length…", the value of GNU.sparse.map.
std::vector<Segment> sparse_map_of_list(std::string_view list);

/// Form 1.0: decimal lines in front of the contents, a count first, filled up to whole blocks that `next_block` gives.
std::vector<Segment> sparse_map_of_blocks(const std::function<TarBlock()>& next_block, std::uint64_t max_bytes);

/// The old form: four pairs in the header, more in blocks that follow it.
struct OldSparse {
  std::uint64_t size = 0;  ///< of the whole file
  std::vector<Segment> segments;
};
OldSparse sparse_map_of_header(const TarBlock& header, const std::function<TarBlock()>& next_block,
                               std::uint64_t max_bytes);

/// Throws corrupt unless the segments ascend without overlap within `size` and hold `stored` bytes together.
void check_sparse_map(const std::vector<Segment>& segments, std::uint64_t size, std::uint64_t stored);

}  // namespace archive
