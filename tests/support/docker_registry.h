#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/base/temporary_directory.h"
#include "tests/support/certificates.h"
#include "tests/support/process.h"

namespace support {

struct DockerRegistryOptions {
  /// htpasswd authentication with this user.
  std::string username = {}, password = {};
  /// https with this server certificate.
  const Certificates* tls = nullptr;
  /// Only clients with a certificate of that authority.
  bool client_certificates = false;
  /// Bearer authentication: tokens from `realm`, signed by a key that `token_certificate` (PEM file) vouches for.
  std::string token_realm = {}, token_service = "registry.test", token_issuer = "issuer.test";
  std::filesystem::path token_certificate = {};
  /// A pull-through cache of that registry's URL.
  std::string proxy_of = {};
  int port = 0;  ///< 0: a free one
};

/// Debian's docker-registry with its storage in a temporary directory, on loopback, for as long as this lives.
class DockerRegistry {
 public:
  explicit DockerRegistry(DockerRegistryOptions options = {});

  int port() const { return port_; }
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  std::filesystem::path storage() const { return directory_.path() / "storage"; }
  std::string log() const;
  void stop() { process_.reset(); }

 private:
  base::TemporaryDirectory directory_;
  int port_ = 0;
  std::unique_ptr<Process> process_;
};

/// One without locks, for all tests of a program: each takes a repository of its own, and starting one costs more than
/// most tests.
DockerRegistry& shared_registry();

}  // namespace support
