#include "core/graph/graph.h"

#include <algorithm>
#include <set>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/llb/graph_view.h"
#include "core/term/figures.h"

namespace graph {
namespace {

constexpr std::size_t max_nodes = 20'000;
constexpr std::size_t alike = 5;  ///< as many boxes that say the same are one

class Maker {
 public:
  explicit Maker(const Timings& timings) : timings_(timings) {}

  /// Returns the node of the definition's result; nullopt for scratch.
  std::optional<std::size_t> add(const llb::Definition& definition, Side side) {
    llb::GraphView view = llb::view_graph(definition);
    std::vector<std::size_t> nodes;
    for (const llb::VertexView& vertex : view.vertices) nodes.push_back(node(vertex, side));
    for (std::size_t i = 0; i < nodes.size(); i++)
      for (const auto& input : view.vertices[i].inputs) connect(nodes[input.vertex], nodes[i]);
    if (nodes.empty()) return std::nullopt;
    return nodes[view.result.vertex];
  }

  std::size_t add_end(Node end) {
    graph_.nodes.push_back(std::move(end));
    return graph_.nodes.size() - 1;
  }

  void connect(std::size_t from, std::size_t to) {
    if (seen_.insert({from, to}).second) graph_.edges.push_back({from, to});
  }

  Graph take() { return std::move(graph_); }

 private:
  std::size_t node(const llb::VertexView& vertex, Side side) {
    auto [known, is_new] = by_digest_.try_emplace(vertex.digest, graph_.nodes.size());
    if (!is_new) return known->second;
    if (graph_.nodes.size() >= max_nodes)
      throw base::Error(base::Kind::invalid, "the graph has more than " + std::to_string(max_nodes) + " vertices");
    Node out;
    out.id = vertex.digest;
    out.label = vertex.name;
    out.kind = llb::kind_name(vertex.kind);
    out.side = side;
    if (!vertex.places.empty() && vertex.places[0].file)
      out.place = vertex.places[0].file->name + ":" + std::to_string(vertex.places[0].first_line);
    if (auto timing = timings_.find(vertex.digest); timing != timings_.end()) {
      out.duration = timing->second.duration;
      out.cached = timing->second.cached;
    }
    graph_.nodes.push_back(std::move(out));
    return known->second;
  }

  const Timings& timings_;
  Graph graph_;
  std::map<std::string, std::size_t> by_digest_;
  std::set<std::pair<std::size_t, std::size_t>> seen_;
};

/// "[apt] fetch" of "[apt] fetch jq_1.6_amd64.deb": all but the last word.
std::string stem(const std::string& label) { return label.substr(0, label.find_last_of(' ')); }

/// Sources without inputs that are alike: same side, same words but the last, same users.
Graph fold(const Graph& graph) {
  std::vector<std::vector<std::size_t>> users(graph.nodes.size());
  std::vector<bool> has_input(graph.nodes.size());
  for (const Edge& edge : graph.edges) {
    users[edge.from].push_back(edge.to);
    has_input[edge.to] = true;
  }
  using Key = std::tuple<Side, std::string, std::vector<std::size_t>>;
  std::map<Key, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < graph.nodes.size(); i++)
    if (graph.nodes[i].kind == "source" && !has_input[i])
      groups[{graph.nodes[i].side, stem(graph.nodes[i].label), users[i]}].push_back(i);

  std::vector<std::size_t> stands_for(graph.nodes.size());
  for (std::size_t i = 0; i < stands_for.size(); i++) stands_for[i] = i;
  Graph out;
  std::vector<Node> nodes = graph.nodes;
  for (const auto& [key, group] : groups) {
    if (group.size() < alike) continue;
    Node& first = nodes[group[0]];
    std::chrono::nanoseconds longest{};
    bool timed = false, cached = true;
    for (std::size_t member : group) {
      stands_for[member] = group[0];
      first.members.push_back(graph.nodes[member].label);
      timed = timed || graph.nodes[member].duration;
      longest = std::max(longest, graph.nodes[member].duration.value_or(std::chrono::nanoseconds{}));
      cached = cached && graph.nodes[member].cached;
    }
    first.label = std::get<1>(key) + " " + std::to_string(group.size()) + " files";
    first.duration = timed ? std::optional(longest) : std::nullopt;
    first.cached = cached;
  }
  std::vector<std::size_t> position(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); i++) {
    if (stands_for[i] != i) continue;
    position[i] = out.nodes.size();
    out.nodes.push_back(std::move(nodes[i]));
  }
  std::set<std::pair<std::size_t, std::size_t>> seen;
  for (const Edge& edge : graph.edges) {
    Edge folded{position[stands_for[edge.from]], position[stands_for[edge.to]]};
    if (seen.insert({folded.from, folded.to}).second) out.edges.push_back(folded);
  }
  return out;
}

}  // namespace

Graph make_graph(const std::string& name, const std::vector<llb::Definition>& images,
                 const std::vector<llb::Definition>& evidence, const Timings& timings) {
  Maker maker(timings);
  std::vector<std::size_t> image_ends, bill_ends;
  for (const auto& definition : images)
    if (auto end = maker.add(definition, Side::image)) image_ends.push_back(*end);
  for (const auto& definition : evidence)
    if (auto end = maker.add(definition, Side::bill)) bill_ends.push_back(*end);
  Node image{.id = "image", .label = "image " + name, .kind = "result"};
  Node bill{.id = "bill", .label = "bill of materials", .kind = "result", .side = Side::bill};
  std::size_t image_node = maker.add_end(std::move(image)), bill_node = maker.add_end(std::move(bill));
  for (std::size_t end : image_ends) maker.connect(end, image_node);
  for (std::size_t end : bill_ends) maker.connect(end, bill_node);
  return fold(maker.take());
}

std::string run_text(const Node& node) {
  if (!node.duration) return node.cached ? "cached" : "";
  return node.cached ? "cached" : term::duration_text(*node.duration);
}

std::string to_dot(const Graph& graph) {
  auto quote = [](const std::string& text) {
    std::string out = "\"";
    for (char c : base::printable(text)) {
      if (c == '"' || c == '\\') out += '\\';
      out += c == '\n' ? ' ' : c;
    }
    return out + "\"";
  };
  std::string out =
      "digraph build {\n  rankdir=LR;\n  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];\n";
  for (std::size_t i = 0; i < graph.nodes.size(); i++) {
    const Node& node = graph.nodes[i];
    std::string label = node.label;
    if (auto run = run_text(node); !run.empty()) label += " (" + run + ")";
    out += "  n" + std::to_string(i) + " [label=" + quote(label) +
           ", class=" + quote(node.side == Side::image ? "image" : "bill") + ", fillcolor=\"" +
           (node.side == Side::image ? "#dbeafe" : "#fef3c7") + "\"";
    if (!node.place.empty()) out += ", tooltip=" + quote(node.place) + ", URL=" + quote(node.place);
    if (node.kind == "result") out += ", penwidth=2";
    out += "];\n";
  }
  for (const Edge& edge : graph.edges)
    out += "  n" + std::to_string(edge.from) + " -> n" + std::to_string(edge.to) +
           (graph.nodes[edge.to].side == Side::bill ? " [style=dashed];\n" : ";\n");
  return out + "}\n";
}

}  // namespace graph
