#include "core/remote/index_child.h"

#include "core/base/deadline.h"
#include "core/base/error.h"
#include "core/name/reference.h"
#include "core/oci/manifest.h"
#include "core/remote/repository.h"

namespace remote {
namespace {
/// The engine's way to a registry need not be ours: who cannot reach it does not wait.
constexpr std::chrono::seconds patience{2};
constexpr http::RetryPolicy once{.max_tries = 1};
}  // namespace

resource::Source source_for(const resource::Source& source, const std::string& repository) {
  const auto registry = name::Repository::parse(repository).registry();
  resource::Source out;
  if (source.aws.region.empty() && !source.repository.empty() &&
      name::Repository::parse(source.repository).registry() == registry)
    out = source;
  out.repository = repository;
  out.ca_certs = source.ca_certs;
  out.registry_mirror = source.registry_mirror;
  return out;
}

std::string platform_manifest(const resource::Source& source, const std::string& canonical_name,
                              const name::Platform& platform, std::stop_token stop) {
  // What no registry is known to have, a directory or a repository of git, may be called anything.
  if (canonical_name.find("@sha256:") == std::string::npos) return "";
  base::Deadline deadline(stop, patience);
  try {
    const auto reference = name::Reference::parse(canonical_name);
    Repository repository(
        source_for(source, reference.repository().text()), [](std::string_view) {}, stop, Tokens::forgotten, once);
    auto document = repository.puller().manifest(reference.digest()->text(), deadline.token());
    if (!document || !document->is_index()) return "";
    const auto index = oci::parse_index(*document);
    const auto* child = oci::find_platform(index, platform);
    return child ? child->digest.text() : "";
  } catch (const base::Error& error) {
    if (stop.stop_requested()) throw;
    return "";
  }
}

}  // namespace remote
