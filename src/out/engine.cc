#include "out/engine.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/buildkit/fleet.h"
#include "core/buildkit/rendezvous.h"
#include "core/name/reference.h"
#include "core/resource/run.h"

namespace out {
namespace {

bool builds_for(const resource::EngineAddress& engine, const std::vector<name::Platform>& wanted) {
  std::vector<name::Platform> offered;
  for (const auto& platform : engine.platforms) offered.push_back(name::Platform::parse(platform));
  return offered.empty() || std::all_of(wanted.begin(), wanted.end(), [&](const name::Platform& platform) {
           return std::any_of(offered.begin(), offered.end(), [&](const auto& each) { return platform.matches(each); });
         });
}

/// The entry of that host, made where it is missing.
buildkit::EngineRegistry& entry_of(std::vector<buildkit::EngineRegistry>& registries, const name::Registry& registry) {
  auto found = std::find_if(registries.begin(), registries.end(),
                            [&](const buildkit::EngineRegistry& each) { return each.host == registry.text(); });
  return found == registries.end() ? registries.emplace_back(buildkit::EngineRegistry{.host = registry.text()})
                                   : *found;
}

}  // namespace

buildkit::OwnEngineOptions engine_options(const resource::Source& source, const name::Registry& registry) {
  buildkit::OwnEngineOptions out;
  out.config = source.buildkit.config;
  const std::string ca = base::join(source.ca_certs, "\n");
  auto reach = [&](const name::Registry& host, bool http) {
    if (!http && ca.empty()) return;
    auto& entry = entry_of(out.registries, host);
    entry.http = entry.http || http;
    entry.ca = ca;
  };
  // An engine that may speak http to a host speaks nothing else there, and Docker Hub speaks https only.
  reach(registry, source.insecure && !registry.is_docker_hub());
  if (!source.registry_mirror) return out;
  const auto mirror = name::Registry::parse(source.registry_mirror->host);
  entry_of(out.registries, name::Registry::docker_hub()).mirrors = {mirror.text()};
  // Our own client tries both on a private address. No authority vouches for one unless it was brought along.
  reach(mirror, source.insecure || (mirror.is_local() && ca.empty()));
  return out;
}

std::optional<buildkit::Credentials> credentials_for_engine(const remote::Repository& repository,
                                                            const std::string& host) {
  auto found = repository.credentials_for(host);
  if (!found) return std::nullopt;
  if (!found->identity_token.empty()) return buildkit::Credentials{"", found->identity_token};
  return buildkit::Credentials{found->username, found->password};
}

std::vector<buildkit::Endpoint> engines_for(const resource::Source& source,
                                            const std::vector<name::Platform>& platforms) {
  std::vector<buildkit::Candidate> candidates;
  std::vector<buildkit::Endpoint> endpoints;
  for (const auto& each : source.buildkit.addresses) {
    auto endpoint = buildkit::Endpoint::parse(each.address, {each.ca_cert, each.cert, each.key, {}});
    if (!builds_for(each, platforms)) continue;
    candidates.push_back({each.address, each.weight});
    endpoints.push_back(std::move(endpoint));
  }
  if (endpoints.empty()) {
    std::vector<std::string> wanted;
    for (const auto& platform : platforms) wanted.push_back(platform.text());
    throw base::Error(base::Kind::invalid,
                      "no engine of source.buildkit.addresses builds for " + base::join(wanted, " and "))
        .fix("add the platform to an engine that can build for it");
  }
  std::vector<buildkit::Endpoint> out;
  for (std::size_t index : buildkit::rendezvous(name::Repository::parse(source.repository).text(), candidates))
    out.push_back(endpoints[index]);
  return out;
}

void on_engine(const resource::Source& source, const name::Registry& registry,
               const std::vector<name::Platform>& platforms,
               const std::function<void(const buildkit::Connection&)>& build, std::stop_token stop) {
  if (!source.buildkit.addresses.empty())
    return buildkit::build_on_first_alive(
        engines_for(source, platforms), build, [](std::string_view line) { resource::log(std::string(line) + "\n"); },
        stop);
  const buildkit::OwnEngine own(engine_options(source, registry), stop);
  resource::log("started buildkitd\n");
  build(buildkit::Connection(own.endpoint(), stop));
}

}  // namespace out
