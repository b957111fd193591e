#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace buildkit {

/// PEM texts for a tcp:// engine; all empty means no TLS. Without `ca` the system's roots are trusted.
struct Tls {
  std::string ca;    ///< one or more certificates that may sign the engine's
  std::string cert;  ///< the client's own certificate (mTLS); goes with `key`
  std::string key;
  std::string server_name;  ///< name in the engine's certificate when it is not the address's host

  bool empty() const { return ca.empty() && cert.empty() && key.empty(); }
};

/// Where an engine listens, checked when made:
///
///     unix:///run/buildkit/buildkitd.sock    buildkitd on a socket
///     tcp://build.example:1234               buildkitd, plain or, with a Tls, over TLS or mTLS
///     docker:///var/run/docker.sock          the BuildKit inside a Docker Engine; "docker://" means just this path
class Endpoint {
 public:
  enum class Kind { unix_socket, tcp, docker };

  /// Throws invalid with a fix: unknown scheme, missing port, relative path, TLS on a socket, a certificate without its
  /// key or the other way round, PEM that is none.
  static Endpoint parse(std::string_view address, Tls tls = {});

  Kind kind() const { return kind_; }
  const std::string& path() const { return path_; }  ///< of the socket; empty for tcp
  const std::string& host() const { return host_; }  ///< without brackets; empty for sockets
  std::uint16_t port() const { return port_; }
  const Tls& tls() const { return tls_; }
  /// The address as it was given, for messages.
  const std::string& text() const { return text_; }

 private:
  Endpoint() = default;
  Kind kind_ = Kind::unix_socket;
  std::string text_, path_, host_;
  std::uint16_t port_ = 0;
  Tls tls_;
};

}  // namespace buildkit
