#pragma once

#include "control.pb.h"
#include "core/term/build_status.h"

namespace buildkit {

/// One message of the engine's status stream as values.
term::BuildStatus to_status(const moby::buildkit::v1::StatusResponse& message);

}  // namespace buildkit
