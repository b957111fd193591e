#include "core/frontend/named_context.h"

#include <algorithm>

#include "core/base/redact_url.h"
#include "core/base/text.h"
#include "core/frontend/ignore_file.h"
#include "core/frontend/place.h"
#include "core/json/decode.h"
#include "core/llb/file.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"
#include "core/name/reference.h"

namespace frontend {
namespace {

using base::Error;
using base::Kind;

constexpr char config_key[] = "containerimage.config";

/// Whether `name` is `reference`, however short it is written: "debian", "debian:latest", "docker.io/library/debian".
bool same_image(const std::string& name, const std::string& reference) {
  try {
    return name::Reference::parse(name).text() == reference;
  } catch (const Error&) {
    return false;
  }
}

/// What is behind `prefix`; nullopt when `text` begins otherwise.
std::optional<std::string> behind(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return std::string(text.substr(prefix.size()));
}

/// The context as names, messages and bills may show it, which are public: of a URL no user and no query, but the ref.
std::string shown(const std::string& source) {
  if (source.find("://") == std::string::npos || source.starts_with("docker-image://") ||
      source.starts_with("oci-layout://"))
    return source;
  const auto ref = std::min(source.find('#'), source.size());
  return base::redact_url(source.substr(0, ref)) + source.substr(ref);
}

/// A reference without its digest.
std::string without_digest(const std::string& canonical_name) {
  return canonical_name.substr(0, canonical_name.find("@sha256:"));
}

bool is_git(std::string_view source) {
  for (std::string_view scheme : {"git://", "ssh://", "git@"})
    if (source.starts_with(scheme)) return true;
  return (source.starts_with("http://") || source.starts_with("https://")) &&
         source.substr(0, source.find('#')).ends_with(".git");
}

/// One named context, and how to make a tree of it.
class Context {
 public:
  Context(Gateway& gateway, const Options& options, const name::Platform& platform, const std::string& name,
          const std::string& source, const std::map<std::string, llb::Definition>& inputs, llb::Metadata metadata)
      : gateway_(gateway),
        options_(options),
        platform_(platform),
        name_(name),
        source_(source),
        inputs_(inputs),
        metadata_(std::move(metadata)) {
    metadata_.name = "[context " + name + "] " + shown(source);
  }

  /// As a base image; `reference` is the one that it stands in for.
  BaseReplacement as_base(const std::string& reference) const {
    if (auto image = behind(source_, "docker-image://")) return of_image(*image);
    if (auto layout = behind(source_, "oci-layout://")) {
      auto out = of_layout(*layout, reference);
      if (auto origin = options_.context_origins.find(name_); origin != options_.context_origins.end()) {
        out.canonical_name = origin->second;
        out.reference = without_digest(origin->second);
      }
      return out;
    }
    if (auto input = behind(source_, "input:")) return {of_input(*input), config_of(*input), source_, source_};
    return {tree(), "", shown(source_), shown(source_)};
  }

  llb::Output tree() const {
    if (auto image = behind(source_, "docker-image://")) return of_image(*image).tree;
    if (auto layout = behind(source_, "oci-layout://")) return of_layout(*layout, "layout/" + base::lower(name_)).tree;
    if (auto input = behind(source_, "input:")) return of_input(*input);
    if (auto local = behind(source_, "local:")) return of_local(*local);
    if (is_git(source_)) return git_context(source_, name_, metadata_);
    if (source_.starts_with("http://") || source_.starts_with("https://"))
      return llb::http(source_, {.filename = "context"}, metadata_);
    throw wrong("is " + base::quoted(shown(source_)) + ", which is no kind of context")
        .fix("give docker-image://…, oci-layout://…, a directory, or the URL of a git repository or a file");
  }

 private:
  Error wrong(const std::string& what) const {
    return Error(Kind::invalid, "context " + base::quoted(name_) + " " + what);
  }

  llb::Platform llb_platform() const { return {platform_.os(), platform_.architecture(), platform_.variant()}; }

  BaseReplacement of_image(const std::string& text) const {
    const auto reference = name::Reference::parse(text);
    auto image = gateway_.resolve_image(reference.text(), platform_, options_.resolve);
    std::string pinned = reference.with_digest(image.digest).text();
    return {llb::image(pinned, {.platform = llb_platform()}, metadata_), image.config, pinned, without_digest(pinned)};
  }

  /// "STORE:TAG@DIGEST", of which the tag says nothing.
  BaseReplacement of_layout(const std::string& text, const std::string& reference) const {
    auto at = text.find('@');
    if (at == std::string::npos) throw wrong("is " + base::quoted(source_) + ", which has no digest");
    std::string store = text.substr(0, at);
    if (auto colon = store.rfind(':'); colon != std::string::npos && store.find('/', colon) == std::string::npos)
      store.resize(colon);
    if (store.empty()) throw wrong("is " + base::quoted(source_) + ", which names no layout");
    std::string label = name::Reference::parse(reference).with_digest(base::Digest::parse(text.substr(at + 1))).text();
    auto image = gateway_.resolve_layout(label, store, platform_);
    return {llb::oci_layout(label, {.platform = llb_platform(), .session = gateway_.session_id(), .store = store},
                            metadata_),
            image.config, label, source_};
  }

  llb::Output of_local(const std::string& local) const {
    llb::LocalOptions options;
    auto session = options_.for_steps.find("local-sessionid:" + local);
    options.session = session == options_.for_steps.end() ? gateway_.session_id() : session->second;
    options.exclude = read_ignore_file(gateway_, local).patterns;
    options.shared_key_hint = "context:" + name_;
    return llb::local(local, options, metadata_);
  }

  llb::Output of_input(const std::string& input) const {
    auto found = inputs_.find(input);
    if (found == inputs_.end())
      throw wrong("names the input " + base::quoted(input) + ", which the caller does not have");
    return llb::definition_output(found->second);
  }

  /// The image config that came with an input; "" for a bare tree.
  std::string config_of(const std::string& input) const {
    auto found = options_.for_steps.find("input-metadata:" + input);
    if (found == options_.for_steps.end()) return "";
    json::Value metadata = json::parse(found->second, "option 'input-metadata:" + base::printable(input) + "'");
    if (!metadata.is_object() || !metadata.contains(config_key) || !metadata[config_key].is_string()) return "";
    return base::from_base64(metadata[config_key].get<std::string>());
  }

  Gateway& gateway_;
  const Options& options_;
  const name::Platform& platform_;
  const std::string& name_;
  const std::string& source_;
  const std::map<std::string, llb::Definition>& inputs_;
  llb::Metadata metadata_;
};

/// Puts `context` in the base's place, in the recipe too.
void replace_base(const Context& context, const std::string& source, recipe::Recipe& recipe, BuildContext& build) {
  recipe.image.scratch = source == "docker-image://scratch";
  if (recipe.image.scratch) {
    build.base.reset();
    recipe.image.base.value = "scratch";
  } else {
    build.base = context.as_base(recipe.image.base.value);
    recipe.image.base.value = build.base->reference;
  }
}

}  // namespace

llb::Output git_context(const std::string& url, const std::string& name, const llb::Metadata& metadata) {
  auto hash = url.find('#');
  std::string remote = url.substr(0, hash), fragment = hash == std::string::npos ? "" : url.substr(hash + 1);
  if (!is_git(url))
    throw Error(Kind::invalid,
                "context " + base::quoted(name) + ": " + base::quoted(shown(url)) + " is no git repository")
        .fix("write a repository's URL with .git at its end, and #REF or #REF:DIRECTORY behind it");
  auto colon = fragment.find(':');
  llb::GitOptions options;
  if (colon != std::string::npos) options.subdirectory = fragment.substr(colon + 1);
  llb::Metadata named = metadata;
  named.name = "[context " + name + "] " + shown(url);
  return llb::git(remote, fragment.substr(0, colon), options, named);
}

void apply_contexts(Gateway& gateway, const Options& options, const name::Platform& platform, recipe::Recipe& recipe,
                    BuildContext& context) {
  if (options.contexts.empty()) return;
  const Places places(recipe);
  const recipe::Text base = recipe.image.base;
  const bool of_scratch = recipe.image.scratch;
  bool any_input = std::any_of(options.contexts.begin(), options.contexts.end(),
                               [](const auto& each) { return each.second.starts_with("input:"); });
  std::map<std::string, llb::Definition> inputs;
  if (any_input) inputs = gateway.inputs();
  // "NAME::PLATFORM" comes behind "NAME" in the map, so it has the last word.
  for (const auto& named : options.contexts) {
    const std::string& source = named.second;
    auto colons = named.first.find("::");
    std::string name = named.first.substr(0, colons);
    const bool elsewhere =
        colons != std::string::npos && name::Platform::parse(named.first.substr(colons + 2)) != platform;
    auto step = std::find_if(recipe.steps.begin(), recipe.steps.end(),
                             [&](const recipe::Step& each) { return each.name.value == name; });
    if (step != recipe.steps.end()) {
      if (elsewhere) continue;
      context.of_steps[name] =
          Context(gateway, options, platform, name, source, inputs, places.at(step->range, "")).tree();
      continue;
    }
    if (!of_scratch && same_image(name, base.value) && !elsewhere) {
      recipe.image.base = base;
      const auto metadata = places.at(base.range, "");
      replace_base(Context(gateway, options, platform, name, source, inputs, metadata), source, recipe, context);
      if (context.base && context.base->canonical_name.find("@sha256:") == std::string::npos)
        gateway.warn_at(metadata.places.empty() ? llb::SourcePlace() : metadata.places.front(),
                        "base image " + base::quoted(base.value) + " is replaced by " + base::quoted(shown(source)),
                        "it has no digest, so the bill cannot say what it was");
    }
    context.step_options["context:" + named.first] = source;
    if (auto input = behind(source, "input:"))
      if (auto found = inputs.find(*input); found != inputs.end()) context.inputs.insert(*found);
  }
}

}  // namespace frontend
