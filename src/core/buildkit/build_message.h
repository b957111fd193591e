#pragma once

#include <string>

#include "control.pb.h"
#include "core/buildkit/build.h"
#include "core/buildkit/session.h"

namespace buildkit {

/// Blobs into an OCI layout instead of one archive: "oci" or "docker" with tar=false.
bool is_layout(const Export& each);

/// Throws invalid for an export or a cache without the place that its type needs.
void check(const BuildRequest& request);

/// What the session has to serve for a request that was checked.
SessionOptions session_options(const BuildRequest& request);

/// The engine's half of a request. `imports` are the request's cache imports after `resolved_imports`.
moby::buildkit::v1::SolveRequest solve_message(const BuildRequest& request, const std::vector<CacheEntry>& imports,
                                               const std::string& ref, const std::string& session);

/// The cache imports, those from a local directory with the digest that its index.json names: the engine wants it told.
/// A directory without an index gives no import: the first build has none.
std::vector<CacheEntry> resolved_imports(const BuildRequest& request);

}  // namespace buildkit
