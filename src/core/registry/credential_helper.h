#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "core/registry/credentials.h"

namespace registry {

/// Runs `docker-credential-<name> get` (docker/docker-credential-helpers, "protocol") with `server` on its stdin. Empty
/// credentials if the helper has none. `name` is letters, digits, '.', '_' and '-', found in PATH. At most 64 KiB are
/// read and 60 s waited. Throws invalid (name), not_found (no such program), denied (it failed), cancelled.
Credentials run_credential_helper(std::string_view name, std::string_view server, std::stop_token stop = {});

}  // namespace registry
