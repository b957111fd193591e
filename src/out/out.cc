#include "out/out.h"

#include "core/base/error.h"
#include "core/base/inside.h"
#include "core/base/temporary_directory.h"
#include "core/base/text.h"
#include "core/bom/yaml_reader.h"
#include "core/buildkit/build.h"
#include "core/frontend/bill_files.h"
#include "core/frontend/build.h"
#include "core/frontend/place.h"
#include "core/oci/manifest.h"
#include "core/remote/index_child.h"
#include "core/remote/kept_inputs.h"
#include "core/remote/repository.h"
#include "core/term/log_progress.h"
#include "out/bill.h"
#include "out/engine.h"
#include "out/put.h"
#include "out/recipe_input.h"
#include "out/secrets.h"
#include "out/source_policy.h"

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

struct Pushed {
  base::Digest digest;
  frontend::Built built;
};

/// What a put adds to its recipe.
struct Terms {
  std::optional<recipe::Policy> policy;
  std::optional<bom::Bill> lock;
};

Terms read_terms(const resource::Source& source, const resource::PutParams& params, const std::filesystem::path& inputs,
                 const recipe::Recipe& recipe) {
  Terms terms;
  if (!source.policy.is_null()) {
    terms.policy = decode_policy(source.policy);
    hcl::Diagnostics violations;
    recipe::check_policy(recipe, *terms.policy, "source.policy", violations);
    violations.throw_if_errors();
  }
  if (!params.lock.empty())
    terms.lock =
        bom::read_yaml(base::read_file_inside(inputs, params.lock, "params.lock", bom::max_bill_bytes), params.lock);
  return terms;
}

Pushed build_and_push(const resource::Source& source, const resource::PutParams& params,
                      const remote::Repository& repository, const std::filesystem::path& inputs,
                      const recipe::Recipe& recipe, const Terms& terms, remote::InputKeeper& keeper,
                      std::stop_token stop) {
  Engine engine(source, stop);
  buildkit::BuildRequest request;
  request.exports = {push_by_digest(repository.name(), source.insecure)};
  // The Dockerfiles of steps are read past the ignore files, as `docker build` does.
  for (const char* name : {"context", "dockerfile"}) {
    buildkit::LocalDirectory directory{.name = name, .root = params.context, .inside = inputs};
    if (directory.name == "context") directory.ignore_files = {".estaleiroignore", ".dockerignore"};
    request.directories.push_back(std::move(directory));
  }
  base::TemporaryDirectory kept_directory("estaleiro-kept");
  if (terms.lock) request.directories.push_back({.name = "kept", .root = kept_directory.path()});
  remote::KeptInputs kept(repository, terms.lock ? terms.lock->image.digest : "", kept_directory.path(), stop);
  for (const auto& step : recipe.steps)
    if (step.used && step.network.value == recipe::Step::Network::host) request.entitlements = {"network.host"};
  const StepSecrets secrets = read_secrets(params, inputs, recipe);
  request.secrets = secrets.secrets;
  request.ssh = secrets.ssh;
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
  term::LogProgress progress([](std::string_view text) { resource::log(text); });
  try {
    auto response = buildkit::build(engine.connection(), request, make, progress, stop);
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

/// The one rule that needs the pushed image; nothing names it yet.
void check_size(const recipe::Recipe& recipe, const std::optional<recipe::Policy>& of_source,
                const oci::Document& image) {
  std::uint64_t bytes = image_bytes(oci::parse_manifest(image));
  auto check = [&](const recipe::Policy& policy, std::string_view whose) {
    if (!policy.max_size || bytes <= policy.max_size->value) return;
    throw recipe::error_at(recipe, policy.max_size->range,
                           "an image of " + base::human_bytes(bytes) + " is not allowed by " + std::string(whose) +
                               ": at most " + base::human_bytes(policy.max_size->value));
  };
  check(recipe.policy, "the recipe's policy");
  if (of_source) check(*of_source, "source.policy");
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
  Terms terms = read_terms(source, params, inputs, recipe);
  remote::InputKeeper keeper(repository, call.stop);
  auto [digest, built] = build_and_push(source, params, repository, inputs, recipe, terms, keeper, call.stop);

  // Read back what the registry has: what the tags will point at is what it serves, not what we believe we sent.
  auto document = repository.puller().manifest(digest.text(), call.stop);
  if (!document)
    throw base::Error(base::Kind::corrupt, "the engine pushed " + digest.text() + " but the registry does not have it");

  // With an attestation that is an index of the two.
  oci::Document image = *document;
  if (image.is_index())
    image = repository.puller().document(
        oci::select_platform(oci::parse_index(image), name::Platform::parse(built.bill.image.platform)), call.stop);
  check_size(recipe, terms.policy, image);
  keeper.finish(document->descriptor());
  bom::Bill& bill = built.bill;
  bill.image.digest = digest.text();
  built.page.layers = layers_of(image, built.result.images.begin()->second.base_config);
  PushedBill pushed = push_bill(repository, *document, bill, built.page, put.tags().reported, call.stop);
  resource::log("pushed the bill of materials " + pushed.digest.text() + "\n");
  put.sign(pushed.artifact);

  resource::Metadata metadata = {
      {"base_image", bill.base_image.canonical_name},
      {"packages_added", std::to_string(bill.changeset.packages.size())},
      {"files", std::to_string(bill.changeset.files.size())},
      {"bom_digest", pushed.digest.text()},
  };
  if (!pushed.changes.empty()) metadata.emplace_back("changes", pushed.changes);
  metadata.emplace_back("size", base::human_bytes(image_bytes(oci::parse_manifest(image))));
  return put.finish(*document, std::move(metadata));
}

}  // namespace out
