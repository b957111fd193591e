#include "cli/graph_file.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/llb/protobuf.h"
#include "core/term/figures.h"

namespace cli {

std::string graph_text(const std::string& format, const std::string& name, const frontend::BuildGraph& build,
                       const graph::Timings& timings) {
  if (format == "llb") {
    if (build.images.size() != 1)
      throw base::Error(base::Kind::invalid,
                        "LLB holds one image, the build has " + std::to_string(build.images.size()))
          .fix("name one platform");
    return llb::to_protobuf(build.images[0]).SerializeAsString();
  }
  if (format != "svg" && format != "dot")
    throw base::Error(base::Kind::invalid, "graph format " + base::quoted(format) + ", svg, dot or llb is wanted");
  graph::Graph made = graph::make_graph(name, build.images, build.evidence, timings);
  return format == "svg" ? graph::to_svg(made) : graph::to_dot(made);
}

std::string graph_format(const std::string& file) {
  for (const char* format : {"dot", "llb"})
    if (file.ends_with(std::string(".") + format)) return format;
  return "svg";
}

void TimingSink::status(const term::BuildStatus& status) {
  for (const auto& vertex : status.vertices) {
    auto& timing = timings_[vertex.digest];
    timing.cached = timing.cached || vertex.cached;
    // A vertex may run several times: its longest run is the one that says what it costs.
    if (vertex.started && vertex.completed)
      timing.duration = std::max(timing.duration, term::time_between(*vertex.started, *vertex.completed));
  }
  next_.status(status);
}

}  // namespace cli
