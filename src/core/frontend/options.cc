#include "core/frontend/options.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "core/base/error.h"
#include "core/base/text.h"

namespace frontend {
namespace {

using base::Error;
using base::Kind;

constexpr std::size_t max_options = 10'000;
constexpr std::size_t max_platforms = 64;

/// In the order of Target.
constexpr const char* target_names[] = {"image", "bom", "lock"};

/// Options that are for Dockerfile steps and say nothing to us.
constexpr std::string_view step_options[] = {"add-hosts",          "cgroup-parent", "force-network-mode", "hostname",
                                             "image-resolve-mode", "no-cache",      "shm-size",           "ulimit"};

/// The rest of `key` behind `prefix`; nullopt when it has another one.
std::optional<std::string> behind(std::string_view key, std::string_view prefix) {
  if (!key.starts_with(prefix)) return std::nullopt;
  return std::string(key.substr(prefix.size()));
}

Error nonsense(std::string_view key, std::string_view value, const std::string& wanted) {
  return Error(Kind::invalid, "option " + base::quoted(key) + " is " + base::quoted(value) + ", " + wanted);
}

std::vector<name::Platform> parse_platforms(const std::string& value) {
  std::vector<name::Platform> out;
  if (value.empty()) return out;
  for (auto piece : base::split(value, ',')) {
    try {
      auto platform = name::Platform::parse(base::trim(piece));
      if (std::find(out.begin(), out.end(), platform) == out.end()) out.push_back(platform);
    } catch (const Error& error) {
      throw nonsense("platform", value, "a list such as linux/amd64,linux/arm64 is wanted").note(error.message());
    }
  }
  if (out.size() > max_platforms)
    throw nonsense("platform", value, "at most " + std::to_string(max_platforms) + " platforms are built at once");
  return out;
}

Gateway::ResolveMode parse_resolve_mode(const std::string& value) {
  if (value.empty() || value == "default") return Gateway::ResolveMode::default_;
  if (value == "pull") return Gateway::ResolveMode::pull;
  if (value == "local") return Gateway::ResolveMode::local;
  throw nonsense("image-resolve-mode", value, "default, pull or local is wanted");
}

std::chrono::sys_seconds parse_epoch(const std::string& value) {
  // The last second of the year 9999: no image config can say a later one.
  constexpr std::int64_t last = 253'402'300'799;
  std::int64_t seconds = 0;
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error != std::errc() || end != value.data() + value.size() || seconds < 0 || seconds > last)
    throw nonsense("build-arg:SOURCE_DATE_EPOCH", value, "seconds since 1970 are wanted");
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

bool is_address(const std::string& text) {
  in6_addr address;
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1 || ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

std::vector<std::pair<std::string, std::string>> parse_hosts(const std::string& value) {
  std::vector<std::pair<std::string, std::string>> out;
  if (value.empty()) return out;
  for (auto piece : base::split(value, ',')) {
    auto equals = piece.find('=');
    if (equals == 0 || equals == std::string_view::npos || !is_address(std::string(piece.substr(equals + 1))))
      throw nonsense("add-hosts", value, "NAME=ADDRESS,… is wanted");
    out.emplace_back(piece.substr(0, equals), piece.substr(equals + 1));
  }
  return out;
}

std::string parse_filename(const std::string& value) {
  if (value.empty()) return "estaleiro.hcl";
  for (auto part : base::split(value, '/'))
    if (part == ".." || value.front() == '/' || value.find('\0') != std::string::npos)
      throw nonsense("filename", value, "a path below the recipe's directory is wanted");
  return value;
}

std::string parse_context_url(const std::string& value) {
  for (std::string_view scheme : {"git://", "https://", "http://", "ssh://", "git@"})
    if (value.starts_with(scheme)) return value;
  if (value.empty() || value == "." || value == "local:context") return "";
  throw nonsense("context", value, "the URL of a git repository is wanted");
}

/// Build arguments that steer BuildKit itself or come unasked from a client's configuration: no variables of a recipe.
bool for_engine(std::string_view name) {
  if (name.starts_with("BUILDKIT_") || name == "SOURCE_DATE_EPOCH") return true;
  std::string lower = base::lower(name);
  return lower == "http_proxy" || lower == "https_proxy" || lower == "ftp_proxy" || lower == "no_proxy" ||
         lower == "all_proxy";
}

void build_argument(const std::string& name, const std::string& value, Options& out) {
  if (name == "SOURCE_DATE_EPOCH" && !value.empty()) out.epoch = parse_epoch(value);
  if (for_engine(name)) {
    if (name != "SOURCE_DATE_EPOCH" && name != "BUILDKIT_SYNTAX") out.for_steps["build-arg:" + name] = value;
    return;
  }
  if (!recipe::is_variable_name(name))
    throw Error(Kind::invalid, "build argument " + base::quoted(name) + " has a name that no recipe can use")
        .fix("variables are a letter, then letters, digits, '_' and '-'");
  out.variables.insert_or_assign(name, recipe::Given{value, "build-arg"});
}

}  // namespace

std::string_view target_name(Target target) { return target_names[static_cast<std::size_t>(target)]; }

Target parse_target(std::string_view text) {
  if (text.empty()) return Target::image;
  for (std::size_t i = 0; i < std::size(target_names); i++)
    if (text == target_names[i]) return static_cast<Target>(i);
  Error error(Kind::invalid, "no target " + base::quoted(text) + ": image, bom and lock are there");
  if (auto near = base::nearest(std::string(text), {std::begin(target_names), std::end(target_names)}); !near.empty())
    error.fix("did you mean '" + near + "'?");
  throw error;
}

Options parse_options(const std::map<std::string, std::string>& given) {
  if (given.size() > max_options)
    throw Error(Kind::invalid, "more than " + std::to_string(max_options) + " frontend options");
  Options out;
  for (const auto& [key, value] : given) {
    if (key == "filename") {
      out.filename = parse_filename(value);
    } else if (key == "dockerfilekey" && !value.empty()) {
      out.recipe_local = value;
    } else if (key == "contextkey" && !value.empty()) {
      out.context_local = value;
    } else if (key == "context") {
      out.context_url = parse_context_url(value);
    } else if (key == "platform") {
      out.platforms = parse_platforms(value);
    } else if (key == "target") {
      out.target = parse_target(value);
    } else if (key == "requestid") {
      out.request = value;
    } else if (key == "attest:sbom") {
      out.sbom = value != "disabled=true";
    } else if (auto argument = behind(key, "build-arg:")) {
      build_argument(*argument, value, out);
    } else if (auto label = behind(key, "label:")) {
      if (label->empty()) throw Error(Kind::invalid, "option 'label:' names no label");
      out.labels[*label] = value;
    } else if (auto context = behind(key, "context:")) {
      if (context->empty()) throw Error(Kind::invalid, "option 'context:' names no context");
      out.contexts[*context] = value;
    } else if (key.starts_with("input-metadata:") || key.starts_with("local-sessionid:")) {
      out.for_steps[key] = value;
    }
    if (std::find(std::begin(step_options), std::end(step_options), key) != std::end(step_options))
      out.for_steps[key] = value;
  }
  if (auto mode = given.find("image-resolve-mode"); mode != given.end()) out.resolve = parse_resolve_mode(mode->second);
  if (auto hosts = given.find("add-hosts"); hosts != given.end()) out.hosts = parse_hosts(hosts->second);
  // With a value it names steps' stages, which is for the steps alone.
  if (auto no_cache = given.find("no-cache"); no_cache != given.end()) out.no_cache = no_cache->second.empty();
  return out;
}

}  // namespace frontend
