#pragma once

#include "core/llb/definition.h"
#include "ops.pb.h"

namespace llb {

/// The two forms of a graph: as we hand it around, and as messages carry it. Lossless both ways.
pb::Definition to_protobuf(const Definition& definition);
Definition from_protobuf(const pb::Definition& definition);

}  // namespace llb
