#include "core/remote/repository.h"

#include <cstdlib>

#include "core/base/error.h"
#include "core/http/curl.h"
#include "core/remote/login.h"

namespace remote {
namespace {

/// Many HEADs of small tags at a time hide the way to a distant registry; more would look like an attack.
constexpr int max_per_host = 16;

http::CurlOptions curl_options(const resource::Source& source) {
  http::CurlOptions out;
  out.ca_certs = source.ca_certs;
  out.max_per_host = max_per_host;
  if (source.client_cert.empty() != source.client_key.empty())
    throw base::Error(base::Kind::invalid, "source.client_cert and source.client_key belong together");
  // With aws_region the repository names no host, and AWS asks for no client certificate.
  if (!source.client_cert.empty() && source.aws.region.empty())
    out.client_certificates.push_back(
        {name::Repository::parse(source.repository).registry().api_host(), source.client_cert, source.client_key});
  return out;
}

}  // namespace

struct Repository::State {
  State(const resource::Source& source, const std::function<void(std::string_view)>& log, std::stop_token stop,
        Tokens where, const http::RetryPolicy& retry)
      : transport(curl_options(source)), login(transport, source), repository(login.repository(source, stop)) {
    registry::ClientOptions options;
    options.retry = retry;
    options.insecure = source.insecure;
    options.prefer_https = !source.ca_certs.empty() || !source.client_cert.empty();
    options.credentials = &login.own();
    options.log = log;
    if (where == Tokens::remembered) options.tokens = &tokens.emplace(cache_file(source, "tokens"));
    client = std::make_unique<registry::Client>(transport, repository.registry(), options);
    registry::Endpoint origin{client.get(), repository};

    std::optional<registry::Endpoint> mirror;
    // A mirror stands in for Docker Hub only, of which an engine may want base images whatever is put; it gets its own
    // credentials and never the hub's.
    if (source.registry_mirror) mirror_registry = name::Registry::parse(source.registry_mirror->host);
    if (mirror_registry && repository.registry().is_docker_hub()) {
      options.credentials = &login.mirror();
      mirror_client = std::make_unique<registry::Client>(transport, *mirror_registry, options);
      mirror = {mirror_client.get(), name::Repository::make(*mirror_registry, repository.path())};
    }
    puller.emplace(origin, mirror);
    pusher.emplace(origin);
  }

  http::Curl transport;
  Login login;
  name::Repository repository;
  std::optional<name::Registry> mirror_registry;
  std::optional<registry::FileTokens> tokens;
  std::unique_ptr<registry::Client> client, mirror_client;
  std::optional<registry::Puller> puller;
  std::optional<registry::Pusher> pusher;
};

Repository::Repository(const resource::Source& source, std::function<void(std::string_view)> log, std::stop_token stop,
                       Tokens tokens, const http::RetryPolicy& retry)
    : state_(std::make_unique<State>(source, log, stop, tokens, retry)) {}
Repository::~Repository() = default;

const name::Repository& Repository::name() const { return state_->repository; }
const registry::Puller& Repository::puller() const { return *state_->puller; }
const registry::Pusher& Repository::pusher() const { return *state_->pusher; }

std::optional<registry::Credentials> Repository::credentials_for(std::string_view host) const {
  auto& state = *state_;
  std::optional<name::Registry> asked;
  try {
    asked = name::Registry::parse(host);
  } catch (const base::Error&) {
    return std::nullopt;  // the engine's word: a host that is none has no credentials
  }
  registry::CredentialSource* source = state.login.others();
  if (*asked == state.repository.registry()) source = &state.login.own();
  if (state.mirror_registry && *asked == *state.mirror_registry) source = &state.login.mirror();
  auto found = source ? source->credentials(*asked) : registry::Credentials{};
  if (found.empty()) return std::nullopt;
  return found;
}

std::filesystem::path cache_file(const resource::Source& source, std::string_view purpose) {
  // Names of accounts and no secrets: the name of a file can be read by everybody.
  std::string identity;
  for (const auto& part : {source.repository, source.username, source.aws.access_key_id, source.aws.region,
                           source.aws.role_arn, source.azure.client_id, source.azure.tenant_id})
    identity += part + "\n";
  for (const auto& role : source.aws.role_arns) identity += role + "\n";
  if (source.registry_mirror) identity += source.registry_mirror->host + "\n" + source.registry_mirror->username;
  const char* chosen = std::getenv("XDG_CACHE_HOME");
  return std::filesystem::path(chosen && *chosen ? chosen : "/var/tmp") /
         ("estaleiro-" + std::string(purpose) + "-" + std::string(base::sha256(identity).hex().substr(0, 16)));
}

}  // namespace remote
