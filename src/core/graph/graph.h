#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/llb/definition.h"

namespace graph {

/// Whose way a vertex is on.
enum class Side {
  image,  ///< its result is part of the image
  bill,   ///< run or read for the bill of materials alone
};

/// One box of the picture: a vertex of the build, or several alike that stand for one another.
struct Node {
  std::string id;     ///< the vertex's digest, or "image", "bill"
  std::string label;  ///< as the progress shows it
  std::string kind;   ///< "exec", "source", "file" …; "result" for the two ends
  std::string place;  ///< "estaleiro.hcl:12", or empty
  Side side = Side::image;
  std::vector<std::string> members;  ///< the labels that a box of several stands for
  std::optional<std::chrono::nanoseconds> duration;
  bool cached = false;
};

struct Edge {
  std::size_t from, to;  ///< positions in Graph::nodes: what is made first, and what needs it
  bool operator==(const Edge&) const = default;
};

/// A build's graph for people, ends in a node for the image and one for its bill. Inputs come before their users.
struct Graph {
  std::vector<Node> nodes;
  std::vector<Edge> edges;
};

/// How long a vertex ran, by its digest.
struct Timing {
  std::chrono::nanoseconds duration{};
  bool cached = false;
};
using Timings = std::map<std::string, Timing>;

/// Joins the graphs of a build into one: `images` end in the image called `name`, `evidence` in its bill. A vertex that
/// both need is the image's. From five on, sources that the same vertices use are one box. Throws invalid for bytes
/// that are no graph, or more than 20,000 vertices.
Graph make_graph(const std::string& name, const std::vector<llb::Definition>& images,
                 const std::vector<llb::Definition>& evidence, const Timings& timings = {});

/// The same in Graphviz's language.
std::string to_dot(const Graph& graph);

/// The same as a picture, from left to right; boxes link to the recipe's lines.
std::string to_svg(const Graph& graph);

/// "0.4s, cached": what a box says of its run; empty when nothing is known.
std::string run_text(const Node& node);

}  // namespace graph
