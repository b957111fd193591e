#include "core/frontend/named_context.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/frontend/ignore_file.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"
#include "core/name/reference.h"

namespace frontend {
namespace {

using base::Error;
using base::Kind;

constexpr std::string_view image_scheme = "docker-image://";
constexpr std::uint64_t max_ignore_bytes = 2u << 20;

/// Whether `name` is `reference`, however short it is written: "debian", "debian:latest", "docker.io/library/debian".
bool same_image(const std::string& name, const std::string& reference) {
  try {
    return name::Reference::parse(name).text() == reference;
  } catch (const Error&) {
    return false;
  }
}

std::string input_of(const std::string& source) { return source.substr(std::string_view("input:").size()); }

/// A context as a tree.
llb::Output tree_of(Gateway& gateway, const std::string& name, const std::string& source,
                    const std::map<std::string, llb::Definition>& inputs) {
  const llb::Metadata metadata{.name = "[context " + name + "] " + source};
  if (source.starts_with("local:")) {
    std::string local = source.substr(std::string_view("local:").size());
    llb::LocalOptions options;
    options.session = gateway.session_id();
    options.exclude = read_ignore_file(gateway, local).patterns;
    options.shared_key_hint = "context:" + name;
    return llb::local(local, options, metadata);
  }
  if (source.starts_with("input:")) {
    auto input = inputs.find(input_of(source));
    if (input == inputs.end())
      throw Error(Kind::invalid,
                  "context " + base::quoted(name) + ": the caller has no input " + base::quoted(input_of(source)));
    return llb::definition_output(input->second);
  }
  if (source.starts_with(image_scheme)) {
    std::string reference = source.substr(image_scheme.size());
    auto image = gateway.resolve_image(reference, name::Platform::host(), Gateway::ResolveMode::default_);
    return llb::image(name::Reference::parse(reference).with_digest(image.digest).text(), {}, metadata);
  }
  return git_context(source, name);
}

}  // namespace

llb::Output git_context(const std::string& url, const std::string& name) {
  auto hash = url.find('#');
  std::string remote = url.substr(0, hash), fragment = hash == std::string::npos ? "" : url.substr(hash + 1);
  if ((remote.starts_with("http://") || remote.starts_with("https://")) && !remote.ends_with(".git"))
    throw Error(Kind::invalid, "context " + base::quoted(name) + ": " + base::quoted(url) + " is no git repository")
        .fix("write a repository's URL with .git at its end, and #REF or #REF:DIRECTORY behind it");
  auto colon = fragment.find(':');
  llb::GitOptions options;
  if (colon != std::string::npos) options.subdirectory = fragment.substr(colon + 1);
  return llb::git(remote, fragment.substr(0, colon), options, {.name = "[context " + name + "] " + url});
}

void apply_contexts(Gateway& gateway, const Options& options, recipe::Recipe& recipe, BuildContext& context) {
  if (options.contexts.empty()) return;
  bool any_input = std::any_of(options.contexts.begin(), options.contexts.end(),
                               [](const auto& each) { return each.second.starts_with("input:"); });
  std::map<std::string, llb::Definition> inputs;
  if (any_input) inputs = gateway.inputs();
  for (const auto& named : options.contexts) {
    const std::string &name = named.first, &source = named.second;
    auto step = std::find_if(recipe.steps.begin(), recipe.steps.end(),
                             [&](const recipe::Step& each) { return each.name.value == name; });
    if (step != recipe.steps.end()) {
      context.of_steps[name] = tree_of(gateway, name, source, inputs);
      continue;
    }
    if (!recipe.image.scratch && same_image(name, recipe.image.base.value)) {
      if (!source.starts_with(image_scheme))
        throw recipe::error_at(recipe, recipe.image.base.range,
                               "context " + base::quoted(name) + " is " + base::quoted(source) +
                                   ", but only an image can take the place of a base image")
            .fix("give docker-image://REFERENCE");
      recipe.image.base.value = name::Reference::parse(source.substr(image_scheme.size())).text();
    }
    context.step_options["context:" + name] = source;
    if (source.starts_with("input:"))
      if (auto input = inputs.find(input_of(source)); input != inputs.end()) context.inputs.insert(*input);
  }
}

IgnoreFile read_ignore_file(Gateway& gateway, const std::string& local_name) {
  llb::LocalOptions options;
  options.session = gateway.session_id();
  options.include = {".estaleiroignore", ".dockerignore"};
  options.shared_key_hint = local_name + "-ignore";
  options.differ = llb::LocalOptions::Differ::none;
  llb::Output tree = llb::local(local_name, options, {.name = "[internal] load the ignore file of " + local_name});
  Ref ref = gateway.solve({.definition = llb::marshal(tree)}).ref;
  for (const char* file : {".estaleiroignore", ".dockerignore"})
    if (auto text = gateway.read_file(ref, file, max_ignore_bytes))
      return {parse_ignore_file(*text, file), file == std::string_view(".dockerignore")};
  return {};
}

}  // namespace frontend
