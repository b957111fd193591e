#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/http/url.h"

namespace http {

/// Which proxy a URL goes through, by the variables Concourse sets (lower case; the upper-case spellings are read where
/// the lower-case one is unset, but for HTTP_PROXY, which a CGI client controls).
class Proxy {
 public:
  Proxy() = default;  ///< none
  Proxy(std::string http, std::string https, std::string_view no_proxy);
  static Proxy from_environment();

  /// The proxy's URL; nullopt for a direct connection. Loopback and link-local hosts are never proxied.
  /// `no_proxy` is a comma-separated list: "*", host, ".suffix", "*.suffix", host:port, address, CIDR block.
  std::optional<std::string> for_url(const Url& url) const;

 private:
  bool bypasses(const Url& url) const;
  std::string http_, https_;
  std::vector<std::string> no_proxy_;
};

/// For messages: without all that stands before the last '@', where a password may hold any character.
std::string redact_proxy(std::string_view proxy);

}  // namespace http
