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

}  // namespace

buildkit::OwnEngineOptions engine_options(const resource::Source& source) {
  buildkit::OwnEngineOptions out;
  out.config = source.buildkit.config;
  const auto registry = name::Repository::parse(source.repository).registry();
  if (source.insecure || !source.ca_certs.empty())
    out.registries.push_back(
        {.host = registry.text(), .http = source.insecure, .ca = base::join(source.ca_certs, "\n")});
  if (source.registry_mirror)
    out.registries.push_back({.host = "docker.io", .mirrors = {source.registry_mirror->host}});
  return out;
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

void on_engine(const resource::Source& source, const std::vector<name::Platform>& platforms,
               const std::function<void(const buildkit::Connection&)>& build, std::stop_token stop) {
  if (!source.buildkit.addresses.empty())
    return buildkit::build_on_first_alive(
        engines_for(source, platforms), build, [](std::string_view line) { resource::log(std::string(line) + "\n"); },
        stop);
  const buildkit::OwnEngine own(engine_options(source), stop);
  resource::log("started buildkitd\n");
  build(buildkit::Connection(own.endpoint(), stop));
}

}  // namespace out
