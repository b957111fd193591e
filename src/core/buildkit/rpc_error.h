#pragma once

#include <grpcpp/support/status.h>

#include <functional>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace buildkit {

/// Names a vertex for people: its digest → "[stage 2/3] RUN make"; "" when unknown.
using VertexNames = std::function<std::string(const std::string& digest)>;

/// Whether a call ended because the engine, or the way to it, is gone: what an engine itself says of something
/// unavailable comes with details.
bool engine_gone(const grpc::Status& status);

/// What a gRPC call's status says, as the one error that leaves this room. `status` is not OK. The engine's own words
/// are the message; the failing step, its exit code, its place in the user's file and `doing` become excerpt and notes;
/// well-known failures get a kind and a fix.
base::Error rpc_error(const grpc::Status& status, std::string_view doing, const VertexNames& names = {});

}  // namespace buildkit
