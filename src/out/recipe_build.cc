#include "out/recipe_build.h"

#include <algorithm>
#include <list>
#include <mutex>

#include "core/base/error.h"
#include "core/base/temporary_directory.h"
#include "core/base/text.h"
#include "core/buildkit/build.h"
#include "core/remote/index_child.h"
#include "core/resource/run.h"
#include "core/term/log_progress.h"
#include "out/cache.h"
#include "out/contexts.h"
#include "out/engine.h"
#include "out/secrets.h"
#include "out/upload_store.h"

namespace out {
namespace {

/// What the engine is asked to do with the result. The epoch comes with the result itself.
buildkit::Export push_by_digest(const name::Repository& repository, bool insecure) {
  buildkit::Export out{.type = "image"};
  out.attributes["name"] = repository.text();
  out.attributes["push"] = "true";
  out.attributes["push-by-digest"] = "true";
  out.attributes["oci-mediatypes"] = "true";
  out.attributes["unpack"] = "false";
  out.attributes["store"] = "false";
  if (insecure) out.attributes["registry.insecure"] = "true";
  return out;
}

/// The same image, handed to us blob by blob.
buildkit::Export hand_over(const name::Repository& repository, std::shared_ptr<UploadStore> store) {
  buildkit::Export out{.type = "oci"};
  out.attributes["name"] = repository.text();  // attestations speak of it
  out.attributes["tar"] = "false";
  out.target.store = std::move(store);
  return out;
}

bool is_host_of(const std::string& host, const name::Registry& registry) {
  try {
    return name::Registry::parse(host) == registry;
  } catch (const base::Error&) {
    return false;
  }
}

/// Whether the recipe names an image in that registry; of steps' Dockerfiles it is not known.
bool reads_from(const recipe::Recipe& recipe, const name::Registry& registry) {
  auto is_there = [&](const std::string& reference) {
    return name::Reference::parse(reference).repository().registry() == registry;
  };
  if (!recipe.image.scratch && is_there(recipe.image.base.value)) return true;
  return std::any_of(recipe.image.files.begin(), recipe.image.files.end(), [&](const recipe::File& file) {
    if (const auto* image = std::get_if<recipe::FromImage>(&file.origin)) return is_there(image->reference.value);
    const auto* package = std::get_if<recipe::FromPackage>(&file.origin);
    return package && package->image && is_there(package->image->value);
  });
}

bool caches_in(const buildkit::BuildRequest& request, const name::Registry& registry) {
  auto is_there = [&](const buildkit::CacheEntry& cache) {
    auto reference = cache.attributes.find("ref");
    return cache.type == "registry" && reference != cache.attributes.end() &&
           name::Reference::parse(reference->second).repository().registry() == registry;
  };
  return std::any_of(request.cache_imports.begin(), request.cache_imports.end(), is_there) ||
         std::any_of(request.cache_exports.begin(), request.cache_exports.end(), is_there);
}

/// The base's repository, whose blobs a push need not send where it is in the same registry.
std::optional<name::Repository> base_repository(const recipe::Recipe& recipe) {
  if (recipe.image.scratch) return std::nullopt;
  return name::Reference::parse(recipe.image.base.value).repository();
}

/// All but exports and what depends on the lock: directories, secrets, caches, credentials.
buildkit::BuildRequest build_request(const resource::Source& source, const resource::PutParams& params,
                                     const remote::Repository& repository, const std::filesystem::path& inputs,
                                     const recipe::Recipe& recipe, const StepSecrets& secrets) {
  buildkit::BuildRequest request;
  // The Dockerfiles of steps are read past the ignore files, as `docker build` does.
  for (const char* name : {"context", "dockerfile"}) {
    buildkit::LocalDirectory directory{.name = name, .root = params.context, .inside = inputs};
    if (directory.name == "context") directory.ignore_files = {".estaleiroignore", ".dockerignore"};
    request.directories.push_back(std::move(directory));
  }
  for (const auto& step : recipe.steps)
    if (step.used && step.network.value == recipe::Step::Network::host) request.entitlements = {"network.host"};
  request.secrets = secrets.secrets;
  request.ssh = secrets.ssh;
  request.shared_key = "estaleiro:" + repository.name().text() + ":" + params.context;
  auto caches = read_caches(source, params, repository.name(), inputs);
  request.cache_imports = std::move(caches.imports);
  request.cache_exports = std::move(caches.exports);
  const bool hidden = source.buildkit.push_from_client && !reads_from(recipe, repository.name().registry()) &&
                      !caches_in(request, repository.name().registry());
  request.credentials = [&repository, hidden](const std::string& host) -> std::optional<buildkit::Credentials> {
    if (hidden && is_host_of(host, repository.name().registry())) return std::nullopt;
    return credentials_for_engine(repository, host);
  };
  return request;
}

/// params.platforms, else source.platform; empty to leave it to the recipe.
std::vector<name::Platform> wanted_platforms(const resource::Source& source, const resource::PutParams& params) {
  std::vector<name::Platform> out;
  for (const auto& text : params.platforms) {
    auto platform = base::within("reading params.platforms", [&] { return name::Platform::parse(text); });
    if (std::find(out.begin(), out.end(), platform) == out.end()) out.push_back(std::move(platform));
  }
  if (out.empty() && source.platform)
    out.push_back(name::Platform::make(source.platform->os, source.platform->architecture));
  return out;
}

/// The packages of the locks that lie in the repository, wherever they were kept.
class Kept {
 public:
  Kept(const remote::Repository& repository, const std::vector<bom::Bill>& locks, std::stop_token stop) {
    for (const auto& lock : locks) sources_.emplace_back(repository, lock.image.digest, directory_.path(), stop);
  }
  const std::filesystem::path& directory() const { return directory_.path(); }
  std::string fetch(const base::Digest& digest) {
    for (auto& source : sources_)
      if (auto name = source.fetch(digest); !name.empty()) return name;
    return "";
  }

 private:
  base::TemporaryDirectory directory_{"estaleiro-kept"};
  std::list<remote::KeptInputs> sources_;
};

}  // namespace

Pushed build_and_push(const resource::Source& source, const resource::PutParams& params,
                      const remote::Repository& repository, const std::filesystem::path& inputs,
                      const recipe::Recipe& recipe, const Terms& terms, std::stop_token stop) {
  frontend::Options options;
  options.platforms = wanted_platforms(source, params);
  options.resolve = frontend::Gateway::ResolveMode::pull;
  options.sbom = params.sbom;
  options.bill = true;
  const StepSecrets secrets = read_secrets(params, inputs, recipe);
  auto request = build_request(source, params, repository, inputs, recipe, secrets);
  const Contexts contexts(params, inputs, recipe, stop);
  contexts.add_to(request);
  options.contexts = contexts.options();
  options.context_origins = contexts.origins();
  std::shared_ptr<UploadStore> uploads;
  if (source.buildkit.push_from_client)
    uploads = std::make_shared<UploadStore>(repository.pusher(), base_repository(recipe), stop);
  request.exports = {uploads ? hand_over(repository.name(), uploads)
                             : push_by_digest(repository.name(), source.insecure)};
  Kept kept(repository, terms.locks, stop);
  if (!terms.locks.empty()) request.directories.push_back({.name = "kept", .root = kept.directory()});

  std::map<std::string, remote::InputKeeper> keepers;
  std::mutex mutex;
  frontend::BuildOptions common;
  if (terms.policy) common.policy = &*terms.policy;
  common.kept = [&](const base::Digest& digest) { return kept.fetch(digest); };
  if (params.keep_inputs)
    common.keep = [&](const name::Platform& platform, const deb::Download& download, std::string bytes) {
      std::unique_lock lock(mutex);
      auto& keeper = keepers.try_emplace(platform.text(), repository, stop).first->second;
      lock.unlock();
      keeper.add(download.name, base::Digest::parse(download.hash.text()), bytes);
    };
  common.label_bill = params.bom_label;
  common.manifest_digest = [&](const std::string& canonical_name, const name::Platform& platform) {
    if (auto known = contexts.platform_manifest(canonical_name, platform)) return *known;
    return remote::platform_manifest(source, canonical_name, platform, stop);
  };

  std::optional<frontend::Made> made;
  auto make = [&](frontend::Gateway& gateway) {
    const frontend::BuildContext context{
        .name = "context", .dockerfiles = "dockerfile", .session = gateway.session_id()};
    made = frontend::make(gateway, recipe, options, context, terms.locks, common);
    return made->result;
  };
  std::optional<base::Digest> digest;
  auto build = [&](const buildkit::Connection& engine) {
    term::LogProgress progress([](std::string_view text) { resource::log(text); });
    try {
      digest = buildkit::build(engine, request, make, progress, stop).image_digest();
      progress.finish();
    } catch (const base::Error& error) {
      if (error.kind() == base::Kind::cancelled)
        progress.finish();
      else
        progress.failure("");
      throw;
    }
  };
  on_engine(source, repository.name().registry(), frontend::choose_platforms(options, recipe, terms.locks), build,
            stop);
  if (!digest)
    throw base::Error(base::Kind::corrupt, "the engine pushed the image but does not say which digest it has");
  if (uploads) {
    uploads->finish(*digest);
    resource::log("pushed " + std::to_string(uploads->sent_blobs()) + " blobs, " +
                  base::human_bytes(uploads->sent_bytes()) + "; " + std::to_string(uploads->known_blobs()) +
                  " were there\n");
  }
  return {*digest, *std::move(made), std::move(keepers)};
}

}  // namespace out
