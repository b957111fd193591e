#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/http/proxy.h"
#include "core/http/transport.h"

namespace http {

/// A certificate and its key (PEM texts), shown to one host ("registry.example:5000") only.
struct ClientCertificate {
  std::string host;
  std::string certificate;
  std::string key;
};

struct CurlOptions {
  std::string user_agent = "estaleiro/" ESTALEIRO_VERSION;
  /// PEM texts, trusted besides the system's (SSL_CERT_FILE, SSL_CERT_DIR, /etc/ssl/certs).
  std::vector<std::string> ca_certs = {};
  std::vector<ClientCertificate> client_certificates = {};
  Proxy proxy = Proxy::from_environment();
  std::chrono::milliseconds connect_timeout{30'000};
  /// No byte in either direction for that long: the transfer is broken off.
  std::chrono::milliseconds stall_timeout{60'000};
  /// A response without a sink must be whole by then, however it drips.
  std::chrono::milliseconds small_body_timeout{120'000};
  /// Requests in flight to one host; more callers wait.
  int max_per_host = 8;
};

/// Transport on libcurl: HTTP/2 over TLS where it is offered, connections kept and used again. Nothing happens before
/// the first request; certificates are loaded only for https.
class Curl final : public Transport {
 public:
  /// Throws invalid if a certificate or key in `options` is no PEM text.
  explicit Curl(CurlOptions options = {});
  ~Curl() override;

  Response send(const Request& request, std::stop_token stop = {}) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace http
