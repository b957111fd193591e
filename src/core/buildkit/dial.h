#pragma once

#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/base/fd.h"
#include "core/buildkit/endpoint.h"
#include "core/buildkit/waiter.h"

namespace buildkit {

/// A connected stream socket to the endpoint's path or host, non-blocking and close-on-exec; no TLS.
/// Throws not_found, denied, unavailable, cancelled, each with a fix.
base::Fd dial(const Endpoint& endpoint, std::stop_token stop, Deadline deadline);

/// Asks a Docker Engine to turn the connection `fd` into HTTP/2 (`POST path` with `Upgrade: h2c`); from then on the
/// socket is the caller's. Throws unsupported if the other side is no Docker Engine or has no BuildKit; else as dial.
void upgrade_to_http2(int fd, const Endpoint& endpoint, const std::string& path,
                      const std::vector<std::pair<std::string, std::string>>& headers, std::stop_token stop,
                      Deadline deadline);

}  // namespace buildkit
