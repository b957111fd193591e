#pragma once

#include <string>

#include "core/frontend/recording.h"
#include "core/graph/graph.h"
#include "core/term/build_status.h"

namespace cli {

/// A build's graph as text for a file: "svg", "dot", or "llb", which is the image's definition as buildctl reads it
/// (one platform only). Throws invalid.
std::string graph_text(const std::string& format, const std::string& name, const frontend::BuildGraph& build,
                       const graph::Timings& timings = {});

/// The format that a file's name ends in; svg for another ending.
std::string graph_format(const std::string& file);

/// Learns from a build's status how long each vertex ran.
class TimingSink : public term::StatusSink {
 public:
  explicit TimingSink(term::StatusSink& next) : next_(next) {}
  void status(const term::BuildStatus& status) override;
  const graph::Timings& timings() const { return timings_; }

 private:
  term::StatusSink& next_;
  graph::Timings timings_;
};

}  // namespace cli
