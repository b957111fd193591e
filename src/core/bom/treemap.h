#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bom {

struct Rectangle {
  double x = 0, y = 0, width = 0, height = 0;
};

/// Divides `area` among `weights` (largest first): rectangles of proportional size, in the same order, none of them
/// long and thin where it can be helped. A weight of 0 gets an empty rectangle. At most 1,000 weights.
std::vector<Rectangle> treemap(const std::vector<std::uint64_t>& weights, Rectangle area);

}  // namespace bom
