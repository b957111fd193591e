#pragma once

#include <stop_token>

#include "core/base/fd.h"
#include "core/buildkit/endpoint.h"
#include "core/buildkit/waiter.h"

namespace buildkit {

/// Tries the endpoint's TLS on a connected socket: shakes hands, greets in HTTP/2, and waits for the other side's first
/// byte. gRPC would go on trying for as long as it is let, because with TLS 1.3 a client's handshake ends well before
/// the server has looked at its certificate.
/// Throws denied (either side refuses the other's certificate, or there is no TLS at all), unavailable, cancelled.
void try_tls(base::Fd socket, const Endpoint& endpoint, std::stop_token stop, Deadline deadline);

}  // namespace buildkit
