#pragma once

#include <map>
#include <string>
#include <vector>

namespace llb {

/// A build graph as BuildKit reads it (pb.Definition): bytes, so that a graph made by another frontend passes through
/// untouched. A plain value.
struct Definition {
  std::vector<std::string> ops;                 ///< serialised pb.Op, inputs first; the last is the terminal op
  std::map<std::string, std::string> metadata;  ///< "sha256:…" of an op's bytes → serialised pb.OpMetadata
  std::string source;                           ///< serialised pb.Source: places in the user's files; may be empty

  bool empty() const { return ops.empty(); }  ///< an empty graph is scratch
};

}  // namespace llb
