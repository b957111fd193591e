#include <cstdint>
#include <cstdlib>

#include "core/base/error.h"
#include "core/llb/graph_view.h"
#include "core/llb/marshal.h"
#include "core/llb/protobuf.h"

/// A definition from an engine: it is refused, or its joined form marshals to a graph that joins to the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pb::Definition message;
  if (!message.ParseFromArray(data, static_cast<int>(size))) return 0;
  llb::Definition definition = llb::from_protobuf(message);
  try {
    llb::view_graph(definition);
    llb::Output output = llb::definition_output(definition);
    llb::Definition once = llb::marshal(output);
    llb::Definition twice = llb::marshal(llb::definition_output(once));
    if (once.ops != twice.ops || once.source != twice.source) std::abort();
  } catch (const base::Error&) {
  }
  return 0;
}
