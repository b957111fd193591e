#include "core/bom/treemap.h"

#include <numeric>
#include <span>

namespace bom {
namespace {

/// Halves the list by weight and the longer side of the area with it.
void divide(std::span<const std::uint64_t> weights, Rectangle area, std::span<Rectangle> out) {
  if (weights.size() == 1) {
    out[0] = area;
    return;
  }
  auto total = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
  if (total == 0) return;
  std::size_t count = 1;
  std::uint64_t first = weights[0];
  while (count + 1 < weights.size() && first + weights[count] / 2 < total / 2) first += weights[count++];
  double share = static_cast<double>(first) / static_cast<double>(total);
  Rectangle a = area, b = area;
  if (area.width >= area.height) {
    a.width = area.width * share;
    b.x = area.x + a.width;
    b.width = area.width - a.width;
  } else {
    a.height = area.height * share;
    b.y = area.y + a.height;
    b.height = area.height - a.height;
  }
  divide(weights.subspan(0, count), a, out.subspan(0, count));
  divide(weights.subspan(count), b, out.subspan(count));
}

}  // namespace

std::vector<Rectangle> treemap(const std::vector<std::uint64_t>& weights, Rectangle area) {
  std::vector<Rectangle> out(weights.size());
  if (!weights.empty() && weights.front() > 0) divide(weights, area, out);
  return out;
}

}  // namespace bom
