#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "core/registry/credentials.h"

namespace registry {

/// Credentials from Docker's config.json, as `docker login` leaves them: `auths`, `credHelpers`, `credsStore`.
/// Thread-safe.
class DockerConfig : public CredentialSource {
 public:
  /// $DOCKER_CONFIG/config.json, else ~/.docker/config.json; nullopt if there is none.
  static std::optional<std::filesystem::path> default_file();
  /// Throws not_found, invalid (with the path inside the JSON). Other people's fields are left alone.
  explicit DockerConfig(const std::filesystem::path& file);

  /// A registry's helper before the store, the store before `auths`, as docker does. Throws what a helper throws.
  Credentials credentials(const name::Registry& registry, std::stop_token stop = {}) override;

 private:
  std::map<std::string, Credentials> auths_;  // by host and port, "docker.io" for Docker Hub
  std::map<std::string, std::string> helpers_;
  std::string store_;
};

}  // namespace registry
