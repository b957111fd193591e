#pragma once

#include <stop_token>

#include "core/http/error.h"
#include "core/http/message.h"

namespace http {

/// Sends requests over the network; the seam for tests. Thread-safe: call it from as many threads as you like.
class Transport {
 public:
  virtual ~Transport() = default;

  /// One request, one response, whatever its status; no redirect is followed, nothing is retried, no credentials are
  /// added. Throws http::Error when there is no whole response, Kind::cancelled soon after `stop` is requested, and
  /// what the request's source or sink throws.
  virtual Response send(const Request& request, std::stop_token stop = {}) = 0;
};

}  // namespace http
