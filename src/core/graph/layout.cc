#include "core/graph/layout.h"

#include <algorithm>
#include <numeric>

namespace graph {
namespace {

constexpr double column_gap = 60, row_gap = 18, bend_height = 10;
constexpr int order_sweeps = 8, position_sweeps = 12;

/// A box, or the place where a long edge passes a column.
struct Cell {
  double width = 0, height = bend_height;
  std::size_t column = 0;
  double y = 0;  ///< of the centre
  double rank = 0;
  std::vector<std::size_t> before, after;
};

class Columns {
 public:
  Columns(const std::vector<Box>& sizes, const std::vector<Edge>& edges) : cells_(sizes.size()), edges_(edges) {
    for (std::size_t i = 0; i < sizes.size(); i++) {
      cells_[i].width = sizes[i].width;
      cells_[i].height = sizes[i].height;
    }
    choose_columns();
    split_long_edges();
    for (std::size_t i = 0; i < cells_.size(); i++) {
      if (cells_[i].column >= columns_.size()) columns_.resize(cells_[i].column + 1);
      columns_[cells_[i].column].push_back(i);
    }
  }

  void order() {
    for (auto& column : columns_) number(column);
    for (int sweep = 0; sweep < order_sweeps; sweep++) {
      bool forward = sweep % 2 == 0;
      for (std::size_t i = 0; i < columns_.size(); i++) {
        auto& column = columns_[forward ? i : columns_.size() - 1 - i];
        for (std::size_t cell : column) {
          const auto& near = forward ? cells_[cell].before : cells_[cell].after;
          if (!near.empty()) cells_[cell].rank = mean(near, [&](std::size_t n) { return cells_[n].rank; });
        }
        std::stable_sort(column.begin(), column.end(),
                         [&](std::size_t a, std::size_t b) { return cells_[a].rank < cells_[b].rank; });
        number(column);
      }
    }
  }

  void position() {
    for (auto& column : columns_) {
      double y = 0;
      for (std::size_t cell : column) {
        cells_[cell].y = y + cells_[cell].height / 2;
        y += cells_[cell].height + row_gap;
      }
    }
    for (int sweep = 0; sweep < position_sweeps; sweep++)
      for (std::size_t i = 0; i < columns_.size(); i++) settle(columns_[sweep % 2 == 0 ? i : columns_.size() - 1 - i]);
  }

  Layout result(const std::vector<Box>& sizes) const {
    Layout out;
    double top = 0;
    for (const Cell& cell : cells_) top = std::min(top, cell.y - cell.height / 2);
    std::vector<double> left, widths;
    double x = 0;
    for (const auto& column : columns_) {
      double width = 0;
      for (std::size_t cell : column) width = std::max(width, cells_[cell].width);
      left.push_back(x);
      widths.push_back(width);
      x += width + column_gap;
    }
    out.width = x - column_gap;
    out.boxes = sizes;
    for (std::size_t i = 0; i < cells_.size(); i++) {
      const Cell& cell = cells_[i];
      double bottom = cell.y + cell.height / 2 - top;
      out.height = std::max(out.height, bottom);
      if (i < sizes.size()) out.boxes[i].at = {left[cell.column], bottom - cell.height};
    }
    for (const auto& chain : chains_) {
      auto& bends = out.bends.emplace_back();
      for (std::size_t cell : chain) {
        double y = cells_[cell].y - top;
        bends.push_back({left[cells_[cell].column], y});
        bends.push_back({left[cells_[cell].column] + widths[cells_[cell].column], y});
      }
    }
    return out;
  }

 private:
  /// Nodes come after their inputs, so one pass finds the longest path.
  void choose_columns() {
    std::vector<std::vector<std::size_t>> inputs(cells_.size());
    for (const Edge& edge : edges_) inputs[edge.to].push_back(edge.from);
    for (std::size_t i = 0; i < cells_.size(); i++)
      for (std::size_t input : inputs[i]) cells_[i].column = std::max(cells_[i].column, cells_[input].column + 1);
    // A node that needs nothing stands beside its first user rather than far left.
    std::vector<std::size_t> nearest(cells_.size(), cells_.size());
    for (const Edge& edge : edges_) nearest[edge.from] = std::min(nearest[edge.from], cells_[edge.to].column);
    for (std::size_t i = 0; i < cells_.size(); i++)
      if (inputs[i].empty() && nearest[i] < cells_.size() && nearest[i] > 0) cells_[i].column = nearest[i] - 1;
  }

  void split_long_edges() {
    for (const Edge& edge : edges_) {
      auto& chain = chains_.emplace_back();
      std::size_t last = edge.from;
      for (std::size_t column = cells_[edge.from].column + 1; column < cells_[edge.to].column; column++) {
        Cell bend;
        bend.column = column;
        cells_.push_back(bend);
        link(last, cells_.size() - 1);
        last = cells_.size() - 1;
        chain.push_back(last);
      }
      link(last, edge.to);
    }
  }

  void link(std::size_t from, std::size_t to) {
    cells_[from].after.push_back(to);
    cells_[to].before.push_back(from);
  }

  void number(const std::vector<std::size_t>& column) {
    for (std::size_t i = 0; i < column.size(); i++) cells_[column[i]].rank = static_cast<double>(i);
  }

  template <class Value>
  static double mean(const std::vector<std::size_t>& cells, Value value) {
    double sum = 0;
    for (std::size_t cell : cells) sum += value(cell);
    return sum / static_cast<double>(cells.size());
  }

  /// Moves the cells of a column towards their neighbours, order and gaps kept: wishes are granted from the top down,
  /// then what was pushed too far comes back up by half.
  void settle(const std::vector<std::size_t>& column) {
    std::vector<double> wish;
    for (std::size_t cell : column) {
      std::vector<std::size_t> near = cells_[cell].before;
      near.insert(near.end(), cells_[cell].after.begin(), cells_[cell].after.end());
      wish.push_back(near.empty() ? cells_[cell].y : mean(near, [&](std::size_t n) { return cells_[n].y; }));
    }
    std::vector<double> down = wish, up = wish;
    auto distance = [&](std::size_t i) {
      return (cells_[column[i]].height + cells_[column[i + 1]].height) / 2 + row_gap;
    };
    for (std::size_t i = 0; i + 1 < column.size(); i++) down[i + 1] = std::max(down[i + 1], down[i] + distance(i));
    for (std::size_t i = column.size(); i-- > 1;) up[i - 1] = std::min(up[i - 1], up[i] - distance(i - 1));
    for (std::size_t i = 0; i < column.size(); i++) cells_[column[i]].y = (down[i] + up[i]) / 2;
  }

  std::vector<Cell> cells_;
  const std::vector<Edge>& edges_;
  std::vector<std::vector<std::size_t>> columns_, chains_;
};

}  // namespace

Layout place(const std::vector<Box>& sizes, const std::vector<Edge>& edges) {
  Columns columns(sizes, edges);
  columns.order();
  columns.position();
  return columns.result(sizes);
}

}  // namespace graph
