#include "cli/build_job.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "cli/build_progress.h"
#include "cli/context_option.h"
#include "cli/graph_file.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/redactor.h"
#include "core/base/text.h"
#include "core/buildkit/cache_entry.h"
#include "core/frontend/subrequests.h"
#include "core/hcl/diagnostics.h"
#include "core/oci/layout.h"
#include "core/registry/docker_config.h"
#include "core/remote/index_child.h"

namespace cli {
namespace {

/// "KEY=VALUE" of `option`.
std::pair<std::string, std::string> assignment(const std::string& text, const char* option) {
  auto equals = text.find('=');
  if (equals == 0 || equals == std::string::npos)
    throw base::Error(base::Kind::invalid,
                      std::string(option) + " has " + base::quoted(text) + " where NAME=VALUE is wanted");
  return {text.substr(0, equals), text.substr(equals + 1)};
}

/// "NAME:ADDRESS" or "NAME=ADDRESS", as docker has it, in the words of the frontend: an IPv6 address may be in
/// brackets.
std::string host_option(const std::string& text) {
  auto separator = text.find('=') != std::string::npos ? text.find('=') : text.find(':');
  if (separator == 0 || separator == std::string::npos)
    throw base::Error(base::Kind::invalid, "--add-host has " + base::quoted(text) + " where NAME:ADDRESS is wanted");
  std::string address = text.substr(separator + 1);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  return text.substr(0, separator) + "=" + address;
}

/// "id=NAME[,src=FILE|,env=VARIABLE]" as docker has it.
std::pair<std::string, std::string> read_secret(const std::string& text) {
  constexpr std::size_t max_secret_bytes = 500u << 10;
  std::map<std::string, std::string> given;
  for (auto piece : base::split(text, ',')) given.insert(assignment(std::string(piece), "--secret"));
  auto value = [&](const char* key) {
    auto found = given.find(key);
    return found == given.end() ? std::string() : found->second;
  };
  std::string id = value("id"), file = value("src").empty() ? value("source") : value("src");
  if (id.empty()) throw base::Error(base::Kind::invalid, "--secret has no id").fix("write id=NAME,src=FILE");
  std::string secret;
  if (!file.empty()) {
    secret = base::read_file(file, max_secret_bytes);
  } else {
    std::string variable = value("env").empty() ? id : value("env");
    const char* found = std::getenv(variable.c_str());
    if (!found)
      throw base::Error(base::Kind::invalid, "--secret " + base::quoted(id) +
                                                 " has no src, and no environment variable " + base::quoted(variable) +
                                                 " is set");
    secret = found;
  }
  base::redactor().add(secret);
  return {id, secret};
}

/// As --cache-from and --cache-to have it.
buildkit::CacheEntry cache_entry(const std::string& text, buildkit::CacheUse use) {
  const char* option = use == buildkit::CacheUse::import ? "--cache-from" : "--cache-to";
  auto entry = buildkit::parse_cache_entry(text, option);
  buildkit::check_cache_entry(entry, use, option);
  return entry;
}

buildkit::BuildRequest build_request(const BuildArguments& arguments, const recipe::Recipe& recipe) {
  buildkit::BuildRequest request;
  for (const char* name : {"context", "dockerfile"}) {
    buildkit::LocalDirectory directory{.name = name, .root = arguments.context};
    if (directory.name == "context") directory.ignore_files = {".estaleiroignore", ".dockerignore"};
    request.directories.push_back(std::move(directory));
  }
  for (const auto& step : recipe.steps)
    if (step.used && step.network.value == recipe::Step::Network::host) request.entitlements = {"network.host"};
  std::error_code ignored;
  request.shared_key = "estaleiro:" + std::filesystem::weakly_canonical(arguments.context, ignored).string();
  for (const auto& secret : arguments.secrets) request.secrets.insert(read_secret(secret));
  for (const auto& entry : arguments.cache_from)
    request.cache_imports.push_back(cache_entry(entry, buildkit::CacheUse::import));
  for (const auto& entry : arguments.cache_to)
    request.cache_exports.push_back(cache_entry(entry, buildkit::CacheUse::export_));
  if (auto file = registry::DockerConfig::default_file()) {
    auto config = std::make_shared<registry::DockerConfig>(*file);
    request.credentials = [config](const std::string& host) -> std::optional<buildkit::Credentials> {
      auto found = config->credentials(name::Registry::parse(host));
      if (found.empty()) return std::nullopt;
      if (!found.identity_token.empty()) return buildkit::Credentials{"", found.identity_token};
      return buildkit::Credentials{found.username, found.password};
    };
  }
  return request;
}

recipe::Recipe load_recipe(const std::shared_ptr<const hcl::File>& file, const recipe::Variables& variables,
                           Streams& streams) {
  hcl::Diagnostics problems;
  auto recipe = recipe::load(file, variables, problems);
  problems.throw_if_errors();
  if (!problems.empty())
    streams.err << base::redactor().clean(
        hcl::render(problems, streams.colour ? hcl::Colour::always : hcl::Colour::never));
  return recipe;
}

}  // namespace

frontend::Options frontend_options(const BuildArguments& arguments, buildkit::BuildRequest& request) {
  std::map<std::string, std::string> out;
  if (!arguments.platform.empty()) out["platform"] = arguments.platform;
  if (!arguments.target.empty()) out["target"] = arguments.target;
  if (arguments.no_cache) out["no-cache"] = "";
  out["image-resolve-mode"] = arguments.pull ? "pull" : "default";
  if (arguments.sbom) out["attest:sbom"] = "";
  if (!arguments.epoch.empty()) out["build-arg:SOURCE_DATE_EPOCH"] = arguments.epoch;
  for (const auto& label : arguments.labels) {
    auto [name, value] = assignment(label, "--label");
    out["label:" + name] = value;
  }
  for (const auto& context : arguments.contexts) out.insert(context_option(context, request));
  std::string hosts;
  for (const auto& host : arguments.hosts) hosts += (hosts.empty() ? "" : ",") + host_option(host);
  if (!hosts.empty()) out["add-hosts"] = hosts;
  if (arguments.check) out["requestid"] = frontend::request_lint;
  if (!arguments.call.empty())
    out["requestid"] = arguments.call == "check"      ? frontend::request_lint
                       : arguments.call == "describe" ? frontend::request_describe
                                                      : "frontend." + arguments.call;
  auto options = frontend::parse_options(out);
  options.bill = arguments.bill;
  return options;
}

void BuildArguments::add_to(CLI::App& command) {
  recipe.add_to(command);
  engine.add_to(command);
  auto many = [&](const char* name, std::vector<std::string>& to, const char* text) {
    command.add_option(name, to, text)->allow_extra_args(false);
  };
  many("--label", labels, "A label of the image, as NAME=VALUE; may be repeated");
  many("--build-context", contexts,
       "NAME=DIRECTORY, NAME=docker-image://…, NAME=oci-layout://DIRECTORY or NAME=URL (git or a file) in place of a "
       "base image or a step's context");
  many("--add-host", hosts, "NAME:ADDRESS for the steps of the build; may be repeated");
  many("--secret", secrets, "For Dockerfile steps: id=NAME,src=FILE or id=NAME,env=VARIABLE; may be repeated");
  many("--ssh", ssh, "For Dockerfile steps: ID, ID=SOCKET or ID=KEYFILE; $SSH_AUTH_SOCK by default; may be repeated");
  many("--cache-from", cache_from, "A cache to use: type=registry,ref=… or type=local,src=…; may be repeated");
  command.add_flag("--no-cache", no_cache, "Runs what the engine knows the result of, too");
  command.add_option("--progress", progress, "auto, plain, tty or json")->capture_default_str();
}

BuildJob::BuildJob(const BuildArguments& arguments, std::shared_ptr<const hcl::File> file, Streams& streams,
                   std::stop_token stop)
    : arguments_(arguments),
      streams_(streams),
      stop_(std::move(stop)),
      options_(frontend_options(arguments, request_)),
      recipe_(load_recipe(file, options_.variables = arguments.recipe.variables(), streams)) {
  auto contexts = std::move(request_);
  request_ = build_request(arguments, recipe_);
  for (auto& directory : contexts.directories) request_.directories.push_back(std::move(directory));
  request_.layouts.merge(contexts.layouts);
  for (const auto& each : arguments.ssh) add_ssh(each, agents_);
  request_.ssh = agents_.sockets;
  engine_.emplace(arguments.engine.endpoint(), stop_);  // after all that can be wrong without one
}

BuildJob::Run BuildJob::run(const std::vector<buildkit::Export>& exports, const Locks& locks, Cache cache) {
  auto request = request_;
  request.exports = exports;
  if (!locks.bills.empty()) request.directories.push_back({.name = "kept", .root = locks.directory->path()});
  auto options = options_;
  if (cache == Cache::ignored) {
    BuildArguments without = arguments_;
    without.no_cache = true;
    buildkit::BuildRequest known;
    options = frontend_options(without, known);
    options.variables = options_.variables;
  }
  Run out;
  auto progress = make_progress(parse_progress(arguments_.progress), streams_);
  TimingSink timings(*progress);
  auto frontend = [&](frontend::Gateway& gateway) {
    frontend::RecordingGateway recording(gateway);
    frontend::BuildContext context{.name = "context", .dockerfiles = "dockerfile", .session = gateway.session_id()};
    frontend::BuildOptions common;
    common.label_bill = arguments_.bill_label;
    common.same_files = locks.same_files;
    common.kept = [&](const base::Digest& digest) { return locks.fetch(digest); };
    common.manifest_digest = [&](const std::string& canonical_name, const name::Platform& platform) {
      resource::Source source;  // the base's registry is asked as `docker login` left it
      return remote::platform_manifest(source, canonical_name, platform, stop_);
    };
    out.made = frontend::make(recording, recipe_, options, context, locks.bills, common);
    out.graph = recording.graph(out.made.result);
    return out.made.result;
  };
  try {
    out.response = buildkit::build(*engine_, request, frontend, timings, stop_);
  } catch (const base::Error& error) {
    if (error.kind() == base::Kind::cancelled)
      progress->finish();
    else
      progress->failure();
    throw;
  }
  progress->finish();
  out.timings = timings.timings();
  return out;
}

buildkit::Export layout_export(const std::filesystem::path& directory) {
  buildkit::Export out{.type = "oci"};
  out.attributes = {{"tar", "false"}, {"oci-mediatypes", "true"}};
  out.target.directory = directory;
  return out;
}

ImageParts layout_image(const std::filesystem::path& directory, const name::Platform& platform) {
  auto layout = std::make_shared<oci::Layout>(directory);
  auto manifest = layout->root();
  if (manifest.is_index()) manifest = layout->document(oci::select_platform(oci::parse_index(manifest), platform));
  auto config = layout->read_blob(oci::parse_manifest(manifest).config, oci::max_config_bytes);
  return {manifest, config, [layout](const oci::Descriptor& layer) {
            return std::make_unique<archive::FileSource>(layout->open_blob(layer).fd, "blob " + layer.digest.text());
          }};
}

PathOwners owners_of(const frontend::Built& built) {
  PathOwners out;
  for (const auto& path : built.page().paths)
    out[path.path] = path.kind + (path.by.empty() ? "" : ", " + base::join(path.by, ", "));
  return out;
}

}  // namespace cli
