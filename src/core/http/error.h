#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "core/base/error.h"

namespace http {

/// Why a transfer broke, finer than base::Kind: what a retry and the choice of scheme depend on.
enum class Cause {
  resolve,      ///< no such host
  connect,      ///< refused, unreachable, timed out while connecting
  tls,          ///< the other side does not speak TLS, or not ours
  certificate,  ///< its certificate is not trusted
  timeout,      ///< too slow, or silent
  broken,       ///< reset, closed early, shorter than announced
  not_http,     ///< what answers speaks something else, TLS perhaps
  protocol,     ///< too large, a redirect we do not follow
  status,       ///< answered, with an error status
};

/// A base::Error that knows how the transfer failed. The text holds no query string and no credentials.
class Error : public base::Error {
 public:
  Error(base::Kind kind, Cause cause, std::string message) : base::Error(kind, std::move(message)), cause_(cause) {}

  Cause cause() const { return cause_; }
  int status() const { return status_; }  ///< 0 unless the server answered
  /// Whether the same request may succeed a little later: timeouts, breaks, 408, 429, 500, 502, 503, 504.
  bool temporary() const { return temporary_; }
  std::optional<std::chrono::seconds> retry_after() const { return retry_after_; }

  void set_status(int status) { status_ = status; }
  void set_temporary(bool temporary) { temporary_ = temporary; }
  void set_retry_after(std::optional<std::chrono::seconds> delay) { retry_after_ = delay; }

 private:
  Cause cause_;
  int status_ = 0;
  bool temporary_ = false;
  std::optional<std::chrono::seconds> retry_after_;
};

}  // namespace http
