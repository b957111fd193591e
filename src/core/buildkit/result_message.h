#pragma once

#include "core/frontend/gateway.h"
#include "gateway.pb.h"

namespace buildkit {

/// A frontend's result as the engine takes it: one tree alone, or one a platform, each with its configuration.
/// Throws invalid for a result without an image, or with a platform that is none.
moby::buildkit::v1::frontend::Result to_message(const frontend::Result& result);

/// What a solve gave. Throws unsupported for several trees: nothing here asks for them.
frontend::SolveResult from_message(const moby::buildkit::v1::frontend::Result& result);

}  // namespace buildkit
