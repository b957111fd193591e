#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <ostream>

#include "cli/build_progress.h"
#include "cli/commands.h"
#include "cli/context_option.h"
#include "cli/engine_options.h"
#include "cli/graph_file.h"
#include "cli/interrupt.h"
#include "cli/output_option.h"
#include "cli/recipe_options.h"
#include "cli/ssh_option.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/redactor.h"
#include "core/base/text.h"
#include "core/frontend/bill_files.h"
#include "core/frontend/frontend.h"
#include "core/frontend/recording.h"
#include "core/frontend/subrequests.h"
#include "core/json/decode.h"
#include "core/registry/docker_config.h"

namespace cli {
namespace {

struct BuildArguments {
  RecipeOptions recipe;
  EngineOptions engine;
  bool file_given = false;
  std::string context = ".", platform, target, progress = "auto", metadata_file, graph_file, bill_directory, call;
  std::vector<std::string> tags, outputs, labels, contexts, hosts, secrets, ssh, cache_from, cache_to;
  bool push = false, no_cache = false, pull = false, sbom = false, check = false, insecure = false;
  std::string epoch;
};

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

/// The same options that `docker build` would send to the frontend, so that both mean the same.
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
  return frontend::parse_options(out);
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

/// "type=registry,ref=…", or a reference alone.
buildkit::CacheEntry cache_entry(const std::string& text, const char* option) {
  buildkit::CacheEntry out;
  for (auto piece : base::split(text, ',')) {
    std::string word(piece);
    if (word.find('=') == std::string::npos && out.attributes.empty()) word = "ref=" + word;
    auto [key, value] = assignment(word, option);
    if (key == "type")
      out.type = value;
    else
      out.attributes[key] = value;
  }
  if (out.type.empty()) out.type = "registry";
  return out;
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
  for (const auto& entry : arguments.cache_from) request.cache_imports.push_back(cache_entry(entry, "--cache-from"));
  for (const auto& entry : arguments.cache_to) request.cache_exports.push_back(cache_entry(entry, "--cache-to"));
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

std::vector<Output> outputs(const BuildArguments& arguments) {
  std::vector<Output> out;
  std::vector<std::string> wanted = arguments.outputs;
  if (arguments.push) wanted.emplace_back("push");
  if (wanted.empty() && !arguments.tags.empty()) wanted.emplace_back("image");
  for (const auto& each : wanted) {
    out.push_back(parse_output(each, arguments.tags));
    if (arguments.insecure && out.back().exporter.type == "image")
      out.back().exporter.attributes.emplace("registry.insecure", "true");
  }
  return out;
}

/// The bills as files, now that the image's digest is known; of several platforms each in a directory of its own.
void write_bills(const std::string& directory, frontend::Made& made, const std::optional<base::Digest>& digest) {
  for (auto& [platform, built] : made.built) {
    std::filesystem::path to(directory);
    if (made.built.size() > 1) {
      std::string name = platform;
      std::replace(name.begin(), name.end(), '/', '_');
      to /= name;
    }
    std::filesystem::create_directories(to);
    if (digest && made.built.size() == 1) built.bill.image.digest = digest->text();
    for (const auto& [name, text] : frontend::bill_files(built.bill, built.page)) base::write_file(to / name, text);
  }
}

int answer(const frontend::Options& options, const std::shared_ptr<const hcl::File>& file, Streams& streams) {
  auto result = frontend::answer(options, file);
  streams.out << result.metadata["result.txt"];
  auto status = result.metadata.find("result.statuscode");
  return status != result.metadata.end() && status->second != "0" ? exit_failed : exit_ok;
}

int build(BuildArguments arguments, Streams& streams) {
  Interrupt interrupt;
  if (!arguments.file_given)
    arguments.recipe.file = (std::filesystem::path(arguments.context) / "estaleiro.hcl").lexically_normal().string();
  auto file = arguments.recipe.read(streams);
  buildkit::BuildRequest contexts_only;
  auto options = frontend_options(arguments, contexts_only);
  options.variables = arguments.recipe.variables();
  options.bill = !arguments.bill_directory.empty() || !arguments.graph_file.empty();
  if (!options.request.empty()) return answer(options, file, streams);

  hcl::Diagnostics problems;
  auto recipe = recipe::load(file, options.variables, problems);
  problems.throw_if_errors();
  if (!problems.empty())
    streams.err << base::redactor().clean(
        hcl::render(problems, streams.colour ? hcl::Colour::always : hcl::Colour::never));

  auto request = build_request(arguments, recipe);
  for (auto& directory : contexts_only.directories) request.directories.push_back(std::move(directory));
  request.layouts.merge(contexts_only.layouts);
  SshAgents agents;
  for (const auto& each : arguments.ssh) add_ssh(each, agents);
  request.ssh = agents.sockets;
  auto exports = outputs(arguments);
  for (const auto& each : exports) request.exports.push_back(each.exporter);
  auto mode = parse_progress(arguments.progress);
  buildkit::Connection engine(arguments.engine.endpoint(), interrupt.token());

  auto progress = make_progress(mode, streams);
  TimingSink timings(*progress);
  frontend::Made made;
  frontend::BuildGraph graph;
  auto frontend = [&](frontend::Gateway& gateway) {
    frontend::RecordingGateway recording(gateway);
    frontend::BuildContext context{.name = "context", .dockerfiles = "dockerfile", .session = gateway.session_id()};
    made = frontend::make(recording, recipe, options, context);
    graph = recording.graph(made.result);
    return made.result;
  };
  buildkit::BuildResponse response;
  try {
    response = buildkit::build(engine, request, frontend, timings, interrupt.token());
  } catch (const base::Error& error) {
    if (error.kind() == base::Kind::cancelled)
      progress->finish();
    else
      progress->failure();
    if (interrupt.received() != 0) return 128 + interrupt.received();
    throw;
  }
  progress->finish();

  auto digest = response.image_digest();
  if (!arguments.bill_directory.empty()) write_bills(arguments.bill_directory, made, digest);
  if (!arguments.graph_file.empty())
    base::write_file(arguments.graph_file,
                     graph_text(graph_format(arguments.graph_file), recipe.image.name.value, graph, timings.timings()));
  if (!arguments.metadata_file.empty()) {
    json::Ordered metadata = json::Ordered::object();
    for (const auto& [key, value] : response.exporter) metadata[key] = value;
    base::write_file(arguments.metadata_file, json::write_pretty(metadata));
  }
  if (digest) streams.err << "image " << digest->text() << "\n";
  if (exports.empty() && arguments.bill_directory.empty())
    streams.err << "built, and left in the engine's cache: say what to make of it with --tag, --push or --output\n";
  return exit_ok;
}

}  // namespace

void add_build(CLI::App& app, Streams& streams, Action& action) {
  auto arguments = std::make_shared<BuildArguments>();
  BuildArguments& a = *arguments;
  CLI::App* command = app.add_subcommand("build", "Builds a recipe with a BuildKit engine");
  command->add_option("context", a.context, "The build context, a directory")->capture_default_str();
  a.recipe.add_to(*command);
  a.engine.add_to(*command);
  auto many = [&](const char* name, std::vector<std::string>& to, const char* text) {
    command->add_option(name, to, text)->allow_extra_args(false);
  };
  many("-t,--tag", a.tags, "The image's name; may be repeated");
  many("-o,--output", a.outputs,
       "Where the result goes: image, push, oci, docker, tar or local with dest=PATH, or a directory; may be repeated");
  command->add_flag("--push", a.push, "Short for --output push");
  command->add_flag("--insecure", a.insecure, "Lets the engine push over plain http");
  command->add_option("--platform", a.platform, "linux/amd64,linux/arm64 …; as the recipe says by default");
  command->add_option("--target", a.target, "image; bom: the bill of materials in every format; lock: the bill alone");
  many("--label", a.labels, "A label of the image, as NAME=VALUE; may be repeated");
  many("--build-context", a.contexts,
       "NAME=DIRECTORY, NAME=docker-image://…, NAME=oci-layout://DIRECTORY or NAME=URL (git or a file) in place of a "
       "base "
       "image or a step's context");
  many("--add-host", a.hosts, "NAME:ADDRESS for the steps of the build; may be repeated");
  many("--secret", a.secrets, "For Dockerfile steps: id=NAME,src=FILE or id=NAME,env=VARIABLE; may be repeated");
  many("--ssh", a.ssh, "For Dockerfile steps: ID, ID=SOCKET or ID=KEYFILE; $SSH_AUTH_SOCK by default; may be repeated");
  many("--cache-from", a.cache_from, "A cache to use: type=registry,ref=… or type=local,src=…; may be repeated");
  many("--cache-to", a.cache_to, "A cache to write: type=registry,ref=… or type=local,dest=…; may be repeated");
  command->add_flag("--no-cache", a.no_cache, "Runs what the engine knows the result of, too");
  command->add_flag("--pull", a.pull, "Asks the registry for the base image even if the engine has it");
  command->add_flag("--sbom", a.sbom, "Attaches the bill to the image as an SPDX attestation");
  command->add_option("--bom", a.bill_directory, "Writes the bill in every format into this directory");
  command->add_option("--epoch", a.epoch, "Seconds since 1970 that stand for now; the base image's time by default")
      ->envname("SOURCE_DATE_EPOCH");
  command->add_option("--progress", a.progress, "auto, plain, tty or json")->capture_default_str();
  command->add_option("--metadata-file", a.metadata_file, "Writes what the engine says of the result, as JSON");
  command->add_option("--graph", a.graph_file, "Writes the build's graph with its timings: FILE.svg, .dot or .llb");
  command->add_option("--call", a.call, "Answers instead of building: outline, targets, describe or check");
  command->add_flag("--check", a.check, "Short for --call check");
  command->callback([arguments, command, &streams, &action] {
    arguments->file_given = command->count("--file") > 0;
    action = [arguments, &streams] { return build(*arguments, streams); };
  });
}

}  // namespace cli
