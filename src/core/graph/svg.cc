#include <cstdio>

#include "core/base/text.h"
#include "core/graph/graph.h"
#include "core/graph/layout.h"

namespace graph {
namespace {

constexpr double margin = 24, line_height = 16, padding = 10, character_width = 7.0, bold_width = 8.0;
constexpr std::size_t line_characters = 34, max_lines = 3;
constexpr double legend_height = 34;

std::string escape(const std::string& text) {
  std::string out;
  for (char c : base::printable(text)) switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  return out;
}

/// A path as a link: each part encoded.
std::string link(const std::string& path) {
  std::vector<std::string> parts;
  for (auto part : base::split(path, '/')) parts.push_back(base::url_encode(part));
  return base::join(parts, "/");
}

std::string number(double value) {
  char out[32];
  std::snprintf(out, sizeof out, "%.1f", value);
  return out;
}

std::size_t characters(const std::string& text) {
  std::size_t out = 0;
  for (char c : text) out += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return out;
}

/// The first characters of `text`, at most `count`.
std::string cut(const std::string& text, std::size_t count) {
  std::size_t seen = 0, at = 0;
  for (; at < text.size(); at++)
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && seen++ == count) break;
  return text.substr(0, at);
}

/// Breaks a label at blanks, long words anywhere, into a few lines.
std::vector<std::string> wrap(const std::string& text) {
  std::vector<std::string> out = {""};
  for (auto piece : base::split(text, ' ')) {
    std::string word(piece);
    if (!out.back().empty() && characters(out.back()) + 1 + characters(word) > line_characters) out.emplace_back();
    while (characters(word) > line_characters) {
      std::string head = cut(word, line_characters);
      word = word.substr(head.size());
      out.back() = head;
      out.emplace_back();
    }
    out.back() += (out.back().empty() ? "" : " ") + word;
  }
  if (out.size() > max_lines) {
    out.resize(max_lines);
    out.back() = cut(out.back(), line_characters - 1) + "…";
  }
  return out;
}

struct Label {
  std::vector<std::string> lines;
  std::string below;  ///< where it comes from and how long it took
};

Label label_of(const Node& node) {
  Label out{wrap(base::printable(node.label)), node.place};
  if (auto run = run_text(node); !run.empty()) out.below += (out.below.empty() ? "" : "  ") + run;
  return out;
}

Box size_of(const Label& label, bool bold) {
  std::size_t widest = characters(label.below);
  for (const auto& line : label.lines) widest = std::max(widest, characters(line));
  double lines = static_cast<double>(label.lines.size() + (label.below.empty() ? 0 : 1));
  double width = static_cast<double>(widest) * (bold ? bold_width : character_width);
  return {width + 2 * padding, lines * line_height + 2 * padding, {}};
}

constexpr char style[] =
    "  <style>\n"
    "    text { font: 12px sans-serif; fill: #1f2937; }\n"
    "    .small { font-size: 11px; fill: #6b7280; }\n"
    "    .image rect { fill: #dbeafe; stroke: #2563eb; }\n"
    "    .bill rect { fill: #fef3c7; stroke: #d97706; stroke-dasharray: 5 3; }\n"
    "    .cached rect { fill-opacity: 0.45; }\n"
    "    .result rect { stroke-width: 3; }\n"
    "    .result text { font-weight: bold; }\n"
    "    path { fill: none; stroke: #2563eb; }\n"
    "    path.side { stroke: #d97706; stroke-dasharray: 5 3; }\n"
    "  </style>\n";

std::string box(const Node& node, const Label& label, const Box& at) {
  std::string classes = node.side == Side::image ? "image" : "bill";
  if (node.kind == "result") classes += " result";
  if (node.cached) classes += " cached";
  std::string title = node.label;
  for (const auto& member : node.members) title += "\n" + member;
  if (node.kind != "result") title += "\n" + node.id;
  std::string out = "  <g class=\"" + classes + "\"><title>" + escape(title) + "</title>";
  auto colon = node.place.rfind(':');
  bool linked = colon != std::string::npos;
  if (linked) out += "<a href=\"" + link(node.place.substr(0, colon)) + "#L" + node.place.substr(colon + 1) + "\">";
  out += "<rect x=\"" + number(at.at.x) + "\" y=\"" + number(at.at.y) + "\" width=\"" + number(at.width) +
         "\" height=\"" + number(at.height) + "\" rx=\"6\"/>";
  double y = at.at.y + padding + 12;
  auto line = [&](const std::string& text, const char* attributes) {
    out += "<text x=\"" + number(at.at.x + padding) + "\" y=\"" + number(y) + "\"" + attributes + ">" + escape(text) +
           "</text>";
    y += line_height;
  };
  for (const auto& text : label.lines) line(text, "");
  if (!label.below.empty()) line(label.below, " class=\"small\"");
  return out + (linked ? "</a></g>\n" : "</g>\n");
}

std::string curve(Point from, Point to) {
  double middle = (from.x + to.x) / 2;
  return " C" + number(middle) + " " + number(from.y) + " " + number(middle) + " " + number(to.y) + " " + number(to.x) +
         " " + number(to.y);
}

std::string legend() {
  return "  <g class=\"image\"><rect x=\"24\" y=\"14\" width=\"18\" height=\"14\" rx=\"3\"/></g><text x=\"50\" "
         "y=\"26\">becomes the image</text>\n"
         "  <g class=\"bill\"><rect x=\"184\" y=\"14\" width=\"18\" height=\"14\" rx=\"3\"/></g><text x=\"210\" "
         "y=\"26\">runs beside it, for the bill of materials</text>\n";
}

}  // namespace

std::string to_svg(const Graph& graph) {
  std::vector<Label> labels;
  std::vector<Box> sizes;
  for (const Node& node : graph.nodes) {
    labels.push_back(label_of(node));
    sizes.push_back(size_of(labels.back(), node.kind == "result"));
  }
  Layout layout = place(sizes, graph.edges);
  for (Box& each : layout.boxes) each.at = {each.at.x + margin, each.at.y + margin + legend_height};
  for (auto& bends : layout.bends)
    for (Point& bend : bends) bend = {bend.x + margin, bend.y + margin + legend_height};

  double width = std::max(layout.width + 2 * margin, 460.0), height = layout.height + 2 * margin + legend_height;
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(width) + "\" height=\"" +
                    number(height) + "\" viewBox=\"0 0 " + number(width) + " " + number(height) + "\">\n" + style +
                    "  <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" "
                    "markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8\" style=\"stroke-dasharray:none\"/>"
                    "</marker></defs>\n"
                    "  <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" +
                    legend();
  for (std::size_t i = 0; i < graph.edges.size(); i++) {
    const Edge& edge = graph.edges[i];
    const Box &from = layout.boxes[edge.from], &to = layout.boxes[edge.to];
    Point at{from.at.x + from.width, from.at.y + from.height / 2};
    out += std::string("  <path") + (graph.nodes[edge.to].side == Side::bill ? " class=\"side\"" : "") +
           " marker-end=\"url(#tip)\" d=\"M" + number(at.x) + " " + number(at.y);
    const auto& bends = layout.bends[i];
    for (std::size_t bend = 0; bend + 1 < bends.size(); bend += 2) {
      out += curve(at, bends[bend]) + " L" + number(bends[bend + 1].x) + " " + number(bends[bend + 1].y);
      at = bends[bend + 1];
    }
    out += curve(at, {to.at.x, to.at.y + to.height / 2}) + "\"/>\n";
  }
  for (std::size_t i = 0; i < graph.nodes.size(); i++) out += box(graph.nodes[i], labels[i], layout.boxes[i]);
  return out + "</svg>\n";
}

}  // namespace graph
