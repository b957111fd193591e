#pragma once

#include <atomic>
#include <filesystem>
#include <string>

#include "tests/support/http_server.h"

namespace support {

struct TokenServerOptions {
  std::string username = {}, password = {};  ///< empty: anybody gets a token
  std::string refresh_token = {};            ///< accepted by POST
  bool post_is_unknown = false;              ///< POST gets 404
  int expires_in = 300;
  std::string service = "registry.test", issuer = "issuer.test";
};

/// Gives out the tokens that a docker-registry with token authentication accepts (distribution's "Token Authentication
/// Specification": JWT, RS256, certificate in x5c).
class TokenServer {
 public:
  /// Makes key and certificate in `directory`.
  TokenServer(const std::filesystem::path& directory, TokenServerOptions options);

  std::string realm() const { return server_.url("/token"); }
  const std::filesystem::path& certificate() const { return certificate_; }
  const HttpServer& server() const { return server_; }
  int issued() const { return issued_; }

 private:
  void answer(const HttpRequest& request, Wire& wire);
  std::string token(const std::string& scopes) const;

  TokenServerOptions options_;
  std::filesystem::path certificate_, key_;
  std::string key_pem_, certificate_base64_;
  std::atomic<int> issued_ = 0;
  HttpServer server_;
};

}  // namespace support
