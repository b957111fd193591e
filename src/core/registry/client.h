#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/http/retry.h"
#include "core/http/transport.h"
#include "core/http/url.h"
#include "core/name/reference.h"
#include "core/registry/credentials.h"
#include "core/registry/error.h"
#include "core/registry/token_store.h"

namespace registry {

struct ClientOptions {
  /// Plain http is permitted when https is not to be had. (It is always for loopback, and for RFC 1918 addresses that
  /// do not speak TLS.) Certificates are checked in any case.
  bool insecure = false;
  /// The caller brought certificates: https is tried first even on loopback.
  bool prefer_https = false;
  /// Borrowed; nullptr for anonymous. Asked only after the registry has asked.
  CredentialSource* credentials = nullptr;
  /// Borrowed; nullptr for the client's own memory. One store serves one identity: other credentials, another store.
  TokenStore* tokens = nullptr;
  http::RetryPolicy retry = {};
  http::Clock* clock = nullptr;  ///< borrowed; nullptr for the real one
  /// Words for people that are no errors: retries, `Warning` headers (each once). Redacted by the caller's log.
  std::function<void(std::string_view)> log = {};
};

/// What a request will do, so that the token asked for covers it.
struct Scope {
  std::string repository;        ///< path
  std::string actions = "pull";  ///< "pull", "pull,push", "pull,push,delete"
  std::string text() const { return "repository:" + repository + ":" + actions; }
  bool operator==(const Scope&) const = default;
};

/// One registry: finds the scheme, logs in when asked to, retries, follows redirects. No ping: the first request is the
/// one that is wanted. Thread-safe; tokens are fetched once however many threads need them.
class Client {
 public:
  /// Borrows `transport` and what `options` borrows.
  Client(http::Transport& transport, name::Registry registry, ClientOptions options = {});
  ~Client();
  Client(const Client&) = delete;

  const name::Registry& registry() const;
  http::Clock& clock() const;
  const http::RetryPolicy& retry_policy() const;
  void log(std::string_view line) const;

  struct Call {
    std::string method = "GET";
    /// "/v2/…" with query, or an absolute URL the registry gave (an upload's Location).
    std::string target;
    std::vector<Scope> scopes;
    http::Headers headers = {};
    http::Source* body = nullptr;
    http::Sink sink = {};
    std::function<void(const http::Response&)> on_start = {};
    std::uint64_t max_body_bytes = http::default_max_body_bytes;
    /// Statuses besides 2xx that are answers for the caller, not errors.
    std::vector<int> accept = {};
    std::chrono::seconds patience{0};  ///< see http::Request
  };

  /// The response, with a status of 2xx or in `accept`. Temporary failures are tried again.
  /// Throws registry::Error, http::Error, cancelled.
  http::Response send(const Call& call, std::stop_token stop = {});
  /// The same, one try only (authentication and redirects apart): for transfers that resume by themselves.
  http::Response send_once(const Call& call, std::stop_token stop = {});
  /// A fresh set of tries by this client's policy; each is logged.
  http::Retries retries() const;
  /// The absolute URL of a target, as far as the scheme is known.
  http::Url url(std::string_view target) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace registry
