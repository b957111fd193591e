#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "core/http/transport.h"
#include "core/registry/credentials.h"

namespace registry {

struct AcrOptions {
  std::string client_id = {};    ///< of a user-assigned identity; "" for the machine's own
  std::string tenant_id = {};    ///< "": from the registry's challenge, else "common"
  std::string environment = {};  ///< "AzurePublic", "AzureGovernment", "AzureChina"; else by the registry's name
  std::string instance_metadata = "http://169.254.169.254";
};

/// Azure's registry by managed identity (App Service's endpoint or the machine's metadata service) or by the federated
/// token of a workload identity: an Entra token, exchanged at the registry for a refresh token, which is the password
/// of a user without name. Asked for once. Thread-safe.
class Acr : public CredentialSource {
 public:
  /// Borrows `transport`.
  Acr(http::Transport& transport, AcrOptions options);

  Credentials credentials(const name::Registry& registry, std::stop_token stop = {}) override;

 private:
  std::string entra_token(const name::Registry& registry, std::stop_token stop);
  std::string tenant(const std::string& base_url, std::stop_token stop);

  http::Transport& transport_;
  AcrOptions options_;
  std::mutex mutex_;
  std::optional<Credentials> known_;
  std::chrono::steady_clock::time_point until_{};
};

/// The tenant in a challenge's realm ("…?tenant=…"), "common" if there is none.
std::string acr_tenant(const http::Response& response);

/// What a cloud's token is asked for, and who gives it out.
struct AzureCloud {
  std::string resource;   ///< "https://management.azure.com/"
  std::string authority;  ///< "https://login.microsoftonline.com/"
};
AzureCloud azure_cloud(const name::Registry& registry, std::string_view environment);

}  // namespace registry
