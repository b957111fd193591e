#include "core/graph/graph.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/graph/layout.h"
#include "core/llb/exec.h"
#include "core/llb/file.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"
#include "tests/support/golden.h"

namespace {

llb::Output source(const std::string& name) {
  return llb::local(name, {.session = "s"}, {.name = "[context] " + name});
}

const graph::Node* find(const graph::Graph& graph, const std::string& label) {
  for (const auto& node : graph.nodes)
    if (node.label == label) return &node;
  return nullptr;
}

/// base → install → image; base → hash → bill.
graph::Graph small(const graph::Timings& timings = {}) {
  auto recipe = std::make_shared<llb::SourceFile>(llb::SourceFile{"estaleiro.hcl", "HCL", "image"});
  llb::Metadata metadata{.name = "[base] debian:12", .places = {{recipe, 2, 0, 2, 10}}};
  llb::Output base = llb::image("registry.example/debian@sha256:" + std::string(64, 'a'), {}, metadata);
  llb::Output image = llb::exec(base, {.args = {"install"}}, {.name = "[apt] install <1> & \"more\""}).root();
  llb::ExecOptions hash{.args = {"hash"}, .mounts = {llb::output_mount("/out")}};
  llb::Output bill = llb::exec(base, hash, {.name = "[bill] hash the files"}).output("/out");
  return graph::make_graph("team/app", {llb::marshal(image)}, {llb::marshal(bill)}, timings);
}

}  // namespace

TEST_CASE("what both need is the image's, what is run beside it the bill's") {
  auto graph = small();
  REQUIRE(graph.nodes.size() == 5);
  CHECK(find(graph, "[base] debian:12")->side == graph::Side::image);
  CHECK(find(graph, "[base] debian:12")->place == "estaleiro.hcl:2");
  CHECK(find(graph, "[bill] hash the files")->side == graph::Side::bill);
  CHECK(find(graph, "bill of materials")->kind == "result");
  CHECK(graph.edges.size() == 4);
  for (const auto& edge : graph.edges) CHECK(edge.from < edge.to);
}

TEST_CASE("a vertex says how long it ran") {
  auto base = small().nodes[0].id;
  auto graph = small({{base, {std::chrono::milliseconds(1500), false}}});
  CHECK(graph::run_text(graph.nodes[0]) == "1.5s");
  CHECK(graph::run_text(small({{base, {std::chrono::milliseconds(1500), true}}}).nodes[0]) == "cached");
  CHECK(graph::run_text(graph.nodes[1]).empty());
}

TEST_CASE("sources that are alike are one box from five on") {
  for (int count : {4, 5}) {
    CAPTURE(count);
    std::vector<llb::FileAction> copies;
    for (int i = 0; i < count; i++)
      copies.push_back(llb::copy(source("f" + std::to_string(i)), "/x", "/" + std::to_string(i)));
    auto graph = graph::make_graph("x", {llb::marshal(llb::file({}, copies, {.name = "copy"}))}, {});
    CHECK(graph.nodes.size() == (count == 4 ? 4 + 3 : 1 + 3));
    if (count == 5) CHECK(find(graph, "[context] 5 files")->members.size() == 5);
  }
}

TEST_CASE("an image of nothing is two ends") {
  auto graph = graph::make_graph("x", {llb::Definition()}, {});
  CHECK(graph.nodes.size() == 2);
  CHECK(graph.edges.empty());
  CHECK(graph::to_svg(graph).find("</svg>") != std::string::npos);
}

TEST_CASE("the graph is written as DOT and SVG, texts escaped") {
  golden::check(std::string(TEST_DATA) + "/small.dot", graph::to_dot(small()));
  golden::check(std::string(TEST_DATA) + "/small.svg", graph::to_svg(small()));
}

TEST_CASE("no box lies over another, and all lie right of what they need") {
  std::vector<graph::Box> sizes;
  std::vector<graph::Edge> edges;
  unsigned random = 1;
  for (std::size_t i = 0; i < 200; i++) {
    random = random * 1664525 + 1013904223;
    sizes.push_back({20.0 + random % 200, 20.0 + random % 60, {}});
    for (unsigned e = 0; i > 0 && e < random % 3; e++) edges.push_back({(random >> (8 + e)) % i, i});
  }
  auto layout = graph::place(sizes, edges);
  auto apart = [](const graph::Box& a, const graph::Box& b) {
    return a.at.x + a.width <= b.at.x || b.at.x + b.width <= a.at.x || a.at.y + a.height <= b.at.y ||
           b.at.y + b.height <= a.at.y;
  };
  for (std::size_t i = 0; i < sizes.size(); i++) {
    const auto& box = layout.boxes[i];
    CHECK((box.at.x >= 0 && box.at.y >= -0.001 && box.at.x + box.width <= layout.width + 0.001 &&
           box.at.y + box.height <= layout.height + 0.001));
    for (std::size_t j = 0; j < i; j++) CHECK(apart(box, layout.boxes[j]));
  }
  for (const auto& edge : edges)
    CHECK(layout.boxes[edge.from].at.x + layout.boxes[edge.from].width < layout.boxes[edge.to].at.x);
}
