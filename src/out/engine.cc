#include "out/engine.h"

#include "core/base/text.h"
#include "core/name/reference.h"
#include "core/resource/run.h"

namespace out {

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

Engine::Engine(const resource::Source& source, std::stop_token stop) {
  const auto& given = source.buildkit;
  if (given.address.empty()) {
    own_.emplace(engine_options(source), stop);
    resource::log("started buildkitd\n");
  }
  connection_.emplace(
      own_ ? own_->endpoint() : buildkit::Endpoint::parse(given.address, {given.ca_cert, given.cert, given.key, {}}),
      stop);
}

}  // namespace out
