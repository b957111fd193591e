#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/llb/definition.h"
#include "core/llb/output.h"
#include "ops.pb.h"

namespace llb {

struct DecodedOp {
  pb::Op op;
  const std::string* bytes;  ///< in the definition
  std::string digest;
  std::vector<std::size_t> inputs;  ///< positions in DecodedGraph::ops, one for each of the op's inputs
  std::vector<SourcePlace> places;
};

/// What a definition says: the vertices that its terminal op needs, inputs first.
struct DecodedGraph {
  std::vector<DecodedOp> ops;
  std::size_t result = 0;  ///< meaningless when there are no ops
  std::int64_t result_output = 0;
};

/// Borrows the definition. Throws invalid; safe on hostile bytes.
DecodedGraph decode(const Definition& definition);

}  // namespace llb
