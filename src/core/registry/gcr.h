#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "core/http/transport.h"
#include "core/registry/credentials.h"

namespace registry {

/// Google's registries (gcr.io, *-docker.pkg.dev) with a service account's key file, which is the password of a user
/// with a fixed name. Throws invalid if `key` is no such JSON.
Credentials google_key_credentials(const std::string& key);

/// Google's own variable for where a machine's metadata server is (GCE_METADATA_HOST), as a URL; else the usual one.
std::string google_metadata_server();

/// The same by the account of the machine, from its metadata server; asked for again shortly before the token ends.
/// Thread-safe.
class GoogleMetadata : public CredentialSource {
 public:
  /// Borrows `transport`.
  explicit GoogleMetadata(http::Transport& transport, std::string server = google_metadata_server());

  Credentials credentials(const name::Registry& registry, std::stop_token stop = {}) override;

 private:
  http::Transport& transport_;
  std::string server_;
  std::mutex mutex_;
  std::optional<Credentials> known_;
  std::chrono::steady_clock::time_point until_{};
};

}  // namespace registry
