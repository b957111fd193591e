#include "out/recipe_build.h"

#include "core/base/error.h"
#include "core/base/temporary_directory.h"
#include "core/buildkit/build.h"
#include "core/frontend/bill_files.h"
#include "core/frontend/place.h"
#include "core/remote/index_child.h"
#include "core/resource/run.h"
#include "core/term/log_progress.h"
#include "out/cache.h"
#include "out/engine.h"
#include "out/secrets.h"

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

/// All but what depends on the lock: exports, directories, secrets, caches, credentials.
buildkit::BuildRequest build_request(const resource::Source& source, const resource::PutParams& params,
                                     const remote::Repository& repository, const std::filesystem::path& inputs,
                                     const recipe::Recipe& recipe, const StepSecrets& secrets) {
  buildkit::BuildRequest request;
  request.exports = {push_by_digest(repository.name(), source.insecure)};
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
  request.credentials = [&repository](const std::string& host) -> std::optional<buildkit::Credentials> {
    auto found = repository.credentials_for(host);
    if (!found) return std::nullopt;
    return buildkit::Credentials{found->username, found->password};
  };
  return request;
}

}  // namespace

Pushed build_and_push(const resource::Source& source, const resource::PutParams& params,
                      const remote::Repository& repository, const std::filesystem::path& inputs,
                      const recipe::Recipe& recipe, const Terms& terms, remote::InputKeeper& keeper,
                      std::stop_token stop) {
  const StepSecrets secrets = read_secrets(params, inputs, recipe);
  auto request = build_request(source, params, repository, inputs, recipe, secrets);
  base::TemporaryDirectory kept_directory("estaleiro-kept");
  if (terms.lock) request.directories.push_back({.name = "kept", .root = kept_directory.path()});
  remote::KeptInputs kept(repository, terms.lock ? terms.lock->image.digest : "", kept_directory.path(), stop);

  std::optional<frontend::Built> built;
  auto make = [&](frontend::Gateway& gateway) {
    frontend::BuildOptions options;
    options.context = {.name = "context", .dockerfiles = "dockerfile", .session = gateway.session_id()};
    if (source.platform) options.platform = name::Platform::make(source.platform->os, source.platform->architecture);
    if (terms.policy) options.policy = &*terms.policy;
    if (terms.lock) {
      options.lock = &*terms.lock;
      options.kept = [&](const base::Digest& digest) { return kept.fetch(digest); };
    }
    if (params.keep_inputs)
      options.keep = [&](const deb::Download& download, std::string bytes) {
        keeper.add(download.name, base::Digest::parse(download.hash.text()), bytes);
      };
    options.label_bill = params.bom_label;
    options.manifest_digest = [&](const std::string& canonical_name, const name::Platform& platform) {
      return remote::platform_manifest(source, canonical_name, platform, stop);
    };
    built = frontend::build_image(gateway, recipe, options);
    if (params.sbom)
      for (auto& [platform, image] : built->result.images)
        image.attestations.push_back(
            frontend::bill_attestation(gateway, built->bill, frontend::Places(recipe).at(recipe.image.range, "")));
    return built->result;
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
  const name::Platform platform = source.platform
                                      ? name::Platform::make(source.platform->os, source.platform->architecture)
                                      : name::Platform::host();
  on_engine(source, {platform}, build, stop);
  if (!digest)
    throw base::Error(base::Kind::corrupt, "the engine pushed the image but does not say which digest it has");
  return {*digest, std::move(*built)};
}

}  // namespace out
