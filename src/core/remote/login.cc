#include "core/remote/login.h"

#include "core/base/error.h"
#include "core/registry/acr.h"
#include "core/registry/gcr.h"

namespace remote {
namespace {

std::shared_ptr<registry::CredentialSource> fixed(registry::Credentials credentials) {
  return std::make_shared<registry::FixedCredentials>(std::move(credentials));
}

registry::EcrOptions ecr_options(const resource::Aws& aws) {
  registry::EcrOptions out{.region = aws.region};
  out.keys = {aws.access_key_id, aws.secret_access_key, aws.session_token};
  out.role_arns = aws.role_arns;
  if (!aws.role_arn.empty()) out.role_arns = {aws.role_arn};
  out.account_id = aws.account_id;
  out.endpoints = registry::AwsEndpoints::from_environment();
  return out;
}

registry::AcrOptions acr_options(const resource::Azure& azure) {
  return {.client_id = azure.client_id, .tenant_id = azure.tenant_id, .environment = azure.environment};
}

}  // namespace

Login::Login(http::Transport& transport, const resource::Source& source) {
  const bool silent = source.username.empty() && source.aws.region.empty() && !source.azure.acr &&
                      source.google_key.empty() && !source.google_metadata;
  if (auto file = registry::DockerConfig::default_file(); silent && file)
    docker_config_ = std::make_shared<registry::DockerConfig>(*file);
  const auto unnamed = docker_config_ ? docker_config_ : fixed({});

  if (!source.aws.region.empty())
    own_ = ecr_ = std::make_shared<registry::Ecr>(transport, ecr_options(source.aws));
  else if (source.azure.acr)
    own_ = std::make_shared<registry::Acr>(transport, acr_options(source.azure));
  else if (!source.google_key.empty())
    own_ = fixed(registry::google_key_credentials(source.google_key));
  else if (source.google_metadata)
    own_ = std::make_shared<registry::GoogleMetadata>(transport, registry::google_metadata_server());
  else
    own_ = silent ? unnamed : fixed({source.username, source.password, {}});

  const auto& mirror = source.registry_mirror;
  mirror_ = mirror && !mirror->username.empty() ? fixed({mirror->username, mirror->password, {}}) : unnamed;
}

name::Repository Login::repository(const resource::Source& source, std::stop_token stop) {
  if (!ecr_) return name::Repository::parse(source.repository);
  return name::Repository::make(ecr_->registry(stop), source.repository);
}

}  // namespace remote
