#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/http/transport.h"
#include "core/http/url.h"
#include "core/registry/challenge.h"
#include "core/registry/client.h"

namespace registry {

/// How one registry wants us to log in, and the header that does it (distribution's "Token Authentication", RFC 7617).
/// Thread-safe; one thread fetches a token, the others wait for it.
class Auth {
 public:
  /// Borrows all of it. `tokens` holds the tokens of one identity.
  Auth(http::Transport& transport, const name::Registry& registry, const ClientOptions& options, TokenStore& tokens);

  /// The Authorization header to send before being asked; nullopt if it is not known that one is wanted.
  std::optional<std::string> header(const http::Url& registry, const std::vector<Scope>& scopes, std::stop_token stop);

  /// After a 401 to a request sent with `refused` (or without any): the header to try next, nullopt if there is nothing
  /// else to try. Throws what the token service answers, denied for a realm that cannot be trusted.
  std::optional<std::string> answer(const http::Url& registry, const http::Response& response,
                                    const std::vector<Scope>& scopes, const std::optional<std::string>& refused,
                                    std::stop_token stop);

 private:
  enum class Way { unknown, basic, bearer };

  std::string token_key(const std::vector<Scope>& scopes) const;
  std::optional<std::string> basic(std::stop_token stop);
  std::string fetch_token(const http::Url& registry, const std::vector<Scope>& scopes, const std::string& extra_scope,
                          std::stop_token stop);
  void check_realm(const http::Url& registry, const http::Url& realm) const;
  http::Response ask(const http::Url& realm, const std::vector<std::string>& scopes, const Credentials& credentials,
                     std::stop_token stop);
  const Credentials& credentials(std::stop_token stop);
  void remember_basic();

  http::Transport& transport_;
  const name::Registry& registry_;
  const ClientOptions& options_;
  TokenStore& tokens_;
  std::mutex mutex_;
  Way way_ = Way::unknown;
  Challenge bearer_;
  std::optional<Credentials> credentials_;
  std::chrono::steady_clock::time_point asked_{};  ///< when for those
};

}  // namespace registry
