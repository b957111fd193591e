#pragma once

#include "core/llb/definition.h"
#include "core/llb/output.h"

namespace llb {

/// The graph behind `output`: every vertex once, inputs first, and a terminal op that points at `output`. Bytes depend
/// on the graph alone, and are the ones the engine computes digests from. Scratch gives an empty definition.
Definition marshal(const Output& output);

/// The tree that a definition made elsewhere (a nested frontend's result) points at, as part of our graphs: ops and
/// metadata are kept byte for byte, whatever they hold, and source places come along. Ops that the tree does not need
/// are left out. Throws invalid: bytes that are no op, an input that is missing, a terminal op that points at nothing.
Output definition_output(const Definition& definition);

}  // namespace llb
