#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "core/name/registry.h"

namespace registry {

/// What a registry is told about who we are. Whoever makes one from outside data calls `protect`.
struct Credentials {
  std::string username = {};
  std::string password = {};
  /// An OAuth2 refresh token (Docker's "identity token"); used instead of a password.
  std::string identity_token = {};

  bool empty() const { return identity_token.empty() && (username.empty() || password.empty()); }
  /// Tells base::redactor() the secrets, so that no log ever shows them.
  void protect() const;
};

/// Where credentials come from: fields of the request, Docker's config.json, a cloud. Thread-safe.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  /// Empty credentials mean anonymous. Throws denied, unavailable when a source should know and cannot say.
  virtual Credentials credentials(const name::Registry& registry, std::stop_token stop = {}) = 0;
};

/// The same for every registry it is asked about.
class FixedCredentials : public CredentialSource {
 public:
  explicit FixedCredentials(Credentials credentials) : credentials_(std::move(credentials)) { credentials_.protect(); }
  Credentials credentials(const name::Registry&, std::stop_token = {}) override { return credentials_; }

 private:
  Credentials credentials_;
};

}  // namespace registry
