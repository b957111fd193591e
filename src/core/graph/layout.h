#pragma once

#include <vector>

#include "core/graph/graph.h"

namespace graph {

struct Point {
  double x = 0, y = 0;
};

/// A size to be placed, and where it came to lie: the top left corner.
struct Box {
  double width = 0, height = 0;
  Point at;
};

/// A drawing from left to right, nothing over anything else.
struct Layout {
  std::vector<Box> boxes;                 ///< one for each node
  std::vector<std::vector<Point>> bends;  ///< one for each edge: between which points it passes, may be empty
  double width = 0, height = 0;
};

/// Places boxes of the sizes given, in columns: a node stands right of all that it needs (Sugiyama's way: columns by
/// longest path, order by barycentres, then positions near the neighbours). Deterministic.
Layout place(const std::vector<Box>& sizes, const std::vector<Edge>& edges);

}  // namespace graph
