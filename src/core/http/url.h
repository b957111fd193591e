#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace http {

/// An absolute http or https URL, checked: no user information, no control characters, no fragment.
class Url {
 public:
  static Url parse(std::string_view text);  ///< throws invalid
  /// `reference` (absolute, "//host/p", "/p", "p", "?q") against this (RFC 3986 §5.2). Throws invalid.
  Url resolve(std::string_view reference) const;

  const std::string& scheme() const { return scheme_; }
  const std::string& host() const { return host_; }  ///< lower case, IPv6 without brackets
  std::uint16_t port() const { return port_; }       ///< the scheme's own when not written
  const std::string& path() const { return path_; }  ///< begins with '/'
  const std::string& query() const { return query_; }
  std::string authority() const;  ///< "host" or "host:port", port only if not the scheme's own
  std::string text() const;

  bool same_origin(const Url& other) const;  ///< scheme, host and port
  bool same_host(const Url& other) const;    ///< host and port
  /// The host is an IP address of a private, loopback, link-local or unspecified range, or a name for the own machine.
  bool is_private_address() const;

  /// This URL with `parameter` ("digest=sha256:…") added to its query.
  Url with_query(std::string_view parameter) const;

 private:
  std::string scheme_, host_, path_, query_;
  std::uint16_t port_ = 0;
};

}  // namespace http
