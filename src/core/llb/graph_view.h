#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/llb/definition.h"
#include "core/llb/output.h"

namespace llb {

/// One vertex of a marshalled graph, for people and tests.
struct VertexView {
  enum class Kind { exec, source, file, merge, diff, other };
  struct Input {
    std::size_t vertex;  ///< position in GraphView::vertices
    std::int64_t output;
  };
  std::string digest;
  Kind kind = Kind::other;
  std::string name;      ///< the given one, else `summary`
  std::string summary;   ///< what it does: "docker-image://…", "/bin/sh -c make", "copy /a /b, mkdir /c"
  std::string platform;  ///< "linux/amd64", or empty
  std::vector<std::pair<std::string, std::string>> details;  ///< a source's attributes, an exec's mounts and secrets
  bool ignore_cache = false;
  std::vector<Input> inputs;
  std::vector<SourcePlace> places;
};

struct GraphView {
  std::vector<VertexView> vertices;  ///< inputs before those who use them
  VertexView::Input result{0, 0};    ///< meaningless when there are no vertices: the graph is scratch
};

std::string_view kind_name(VertexView::Kind kind);  ///< "exec", "source" …

/// Reads a graph. Safe on hostile bytes; texts in it are as found, not made printable. Throws invalid as
/// definition_output does.
GraphView view_graph(const Definition& definition);

}  // namespace llb
