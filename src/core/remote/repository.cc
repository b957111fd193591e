#include "core/remote/repository.h"

#include <cstdlib>
#include <filesystem>

#include "core/base/error.h"
#include "core/http/curl.h"

namespace remote {
namespace {

http::CurlOptions curl_options(const resource::Source& source, const name::Registry& registry) {
  http::CurlOptions out;
  out.ca_certs = source.ca_certs;
  if (source.client_cert.empty() != source.client_key.empty())
    throw base::Error(base::Kind::invalid, "source.client_cert and source.client_key belong together");
  if (!source.client_cert.empty())
    out.client_certificates.push_back({registry.api_host(), source.client_cert, source.client_key});
  return out;
}

std::filesystem::path token_file() {
  const char* chosen = std::getenv("XDG_CACHE_HOME");
  return std::filesystem::path(chosen && *chosen ? chosen : "/var/tmp") / "estaleiro-tokens.json";
}

}  // namespace

struct Repository::State {
  State(const resource::Source& source, std::function<void(std::string_view)> log, bool remember_tokens)
      : repository(name::Repository::parse(source.repository)),
        credentials({source.username, source.password, {}}),
        transport(curl_options(source, repository.registry())) {
    registry::ClientOptions options;
    options.insecure = source.insecure;
    options.prefer_https = !source.ca_certs.empty() || !source.client_cert.empty();
    options.credentials = &credentials;
    options.log = log;
    if (remember_tokens) options.tokens = &tokens.emplace(token_file());
    client = std::make_unique<registry::Client>(transport, repository.registry(), options);
    registry::Endpoint origin{client.get(), repository};

    std::optional<registry::Endpoint> mirror;
    // A mirror stands in for Docker Hub only; it gets its own credentials and never the hub's.
    if (source.registry_mirror && repository.registry().is_docker_hub()) {
      mirror_registry = name::Registry::parse(source.registry_mirror->host);
      mirror_credentials.emplace(
          registry::Credentials{source.registry_mirror->username, source.registry_mirror->password, {}});
      options.credentials = &*mirror_credentials;
      mirror_client = std::make_unique<registry::Client>(transport, *mirror_registry, options);
      mirror = {mirror_client.get(), name::Repository::make(*mirror_registry, repository.path())};
    }
    puller.emplace(origin, mirror);
    pusher.emplace(origin);
  }

  name::Repository repository;
  registry::FixedCredentials credentials;
  std::optional<registry::FixedCredentials> mirror_credentials;
  std::optional<name::Registry> mirror_registry;
  std::optional<registry::FileTokens> tokens;
  http::Curl transport;
  std::unique_ptr<registry::Client> client, mirror_client;
  std::optional<registry::Puller> puller;
  std::optional<registry::Pusher> pusher;
};

Repository::Repository(const resource::Source& source, std::function<void(std::string_view)> log, bool remember_tokens)
    : state_(std::make_unique<State>(source, std::move(log), remember_tokens)) {}
Repository::~Repository() = default;

const name::Repository& Repository::name() const { return state_->repository; }
const registry::Puller& Repository::puller() const { return *state_->puller; }
const registry::Pusher& Repository::pusher() const { return *state_->pusher; }

std::optional<registry::Credentials> Repository::credentials_for(std::string_view host) const {
  auto& state = *state_;
  auto own = [&](registry::FixedCredentials& source, const name::Registry& registry) {
    return source.credentials(registry);
  };
  std::optional<name::Registry> asked;
  try {
    asked = name::Registry::parse(host);
  } catch (const base::Error&) {
    return std::nullopt;  // the engine's word: a host that is none has no credentials
  }
  registry::Credentials found;
  if (*asked == state.repository.registry()) found = own(state.credentials, *asked);
  if (state.mirror_registry && *asked == *state.mirror_registry) found = own(*state.mirror_credentials, *asked);
  if (found.empty()) return std::nullopt;
  return found;
}

}  // namespace remote
