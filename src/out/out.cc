#include "out/out.h"

#include <chrono>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/bom/verify.h"
#include "core/bom/yaml_writer.h"
#include "core/buildkit/build.h"
#include "core/frontend/build.h"
#include "core/frontend/image_config.h"
#include "core/oci/manifest.h"
#include "core/remote/bill_artifact.h"
#include "core/remote/repository.h"
#include "core/term/log_progress.h"
#include "out/put.h"
#include "out/recipe_input.h"

namespace out {
namespace {

buildkit::Endpoint endpoint(const resource::BuildkitSource& source) {
  if (source.address.empty())
    throw base::Error(base::Kind::invalid, "source.buildkit.address is missing")
        .fix("give the BuildKit engine to build with: unix://, tcp:// or docker://");
  return buildkit::Endpoint::parse(source.address, {source.ca_cert, source.cert, source.key, {}});
}

/// What the engine is asked to do with the result. The epoch comes with the result itself.
buildkit::Export push_by_digest(const name::Repository& repository, bool insecure) {
  buildkit::Export out{.type = "image"};
  out.attributes["name"] = repository.text();
  out.attributes["push"] = "true";
  out.attributes["push-by-digest"] = "true";
  out.attributes["oci-mediatypes"] = "true";
  out.attributes["rewrite-timestamp"] = "true";
  out.attributes["unpack"] = "false";
  out.attributes["store"] = "false";
  if (insecure) out.attributes["registry.insecure"] = "true";
  return out;
}

struct Pushed {
  base::Digest digest;
  frontend::Built built;
};

Pushed build_and_push(const resource::Source& source, const resource::PutParams& params,
                      const remote::Repository& repository, const std::filesystem::path& inputs,
                      const recipe::Recipe& recipe, std::stop_token stop) {
  buildkit::Connection engine(endpoint(source.buildkit), stop);
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
  request.shared_key = "estaleiro:" + repository.name().text() + ":" + params.context;
  request.credentials = [&](const std::string& host) -> std::optional<buildkit::Credentials> {
    auto found = repository.credentials_for(host);
    if (!found) return std::nullopt;
    return buildkit::Credentials{found->username, found->password};
  };

  std::optional<frontend::Built> built;
  auto make = [&](frontend::Gateway& gateway) {
    frontend::BuildOptions options;
    options.context = {.name = "context", .dockerfiles = "dockerfile", .session = gateway.session_id()};
    if (source.platform) options.platform = name::Platform::make(source.platform->os, source.platform->architecture);
    built = frontend::build_image(gateway, recipe, options);
    return built->result;
  };
  term::LogProgress progress([](std::string_view text) { resource::log(text); });
  try {
    auto response = buildkit::build(engine, request, make, progress, stop);
    progress.finish();
    auto digest = response.image_digest();
    if (!digest)
      throw base::Error(base::Kind::corrupt, "the engine pushed the image but does not say which digest it has");
    return {*digest, std::move(*built)};
  } catch (const base::Error& error) {
    if (error.kind() == base::Kind::cancelled)
      progress.finish();
    else
      progress.failure("");
    throw;
  }
}

std::uint64_t image_bytes(const oci::Manifest& manifest) {
  std::uint64_t sum = manifest.config.size;
  for (const auto& layer : manifest.layers) sum += layer.size;
  return sum;
}

}  // namespace

std::string run(const resource::Call& call) {
  if (call.arguments.empty())
    throw base::Error(base::Kind::invalid, "the directory of the inputs is missing")
        .fix("run as Concourse does: out DIRECTORY < request.json");
  const std::filesystem::path inputs = call.arguments[0];
  auto [source, params] = resource::decode_out(call.request);
  if (params.context.empty()) params.context = ".";

  remote::Repository repository(
      source, [](std::string_view line) { resource::log(std::string(line) + "\n"); }, call.stop);
  const Put put(source, repository,
                planned_tags(source, params, inputs, [&] { return repository.pusher().tags(call.stop); }), call.stop);
  if (!params.image.empty()) return push_prebuilt(put, repository, params, inputs, call.stop);

  auto recipe = load_recipe(params, inputs);
  auto [digest, built] = build_and_push(source, params, repository, inputs, recipe, call.stop);

  // Read back what the registry has: what the tags will point at is what it serves, not what we believe we sent.
  auto document = repository.puller().manifest(digest.text(), call.stop);
  if (!document)
    throw base::Error(base::Kind::corrupt, "the engine pushed " + digest.text() + " but the registry does not have it");

  bom::Bill& bill = built.bill;
  bill.image.digest = digest.text();
  bom::check_consistent(bill);
  const std::string yaml = bom::to_yaml(bill);
  const base::Digest bill_digest = base::sha256(yaml);
  auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  auto artifact = remote::push_bill(repository.pusher(), repository.puller(), document->descriptor(), yaml,
                                    frontend::rfc3339(now), call.stop);
  resource::log("pushed the bill of materials " + bill_digest.text() + "\n");
  put.sign(artifact);

  resource::Metadata metadata = {
      {"base_image", bill.base_image.canonical_name},
      {"packages_added", std::to_string(bill.changeset.packages.size())},
      {"files", std::to_string(bill.changeset.files.size())},
      {"bom_digest", bill_digest.text()},
  };
  if (!document->is_index())
    metadata.emplace_back("size", base::human_bytes(image_bytes(oci::parse_manifest(*document))));
  return put.finish(*document, std::move(metadata));
}

}  // namespace out
