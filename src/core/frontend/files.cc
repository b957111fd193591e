#include "core/frontend/files.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/frontend/ignore_file.h"
#include "core/frontend/step_access.h"
#include "core/llb/file.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"

namespace frontend {
namespace {

constexpr std::uint64_t max_dockerfile_bytes = 4u << 20;
/// An overlay holds 127 layers at most, the base's included.
constexpr std::size_t max_file_layers = 60;

enum class Ignored { no, yes };

/// Files of the build context; the Dockerfiles among them are there even if they are ignored.
llb::Output local(const BuildContext& context, std::vector<std::string> paths, const llb::Metadata& metadata,
                  Ignored ignored = Ignored::yes) {
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  if (context.tree) {
    std::vector<llb::FileAction> copies;
    for (const auto& path : paths) copies.push_back(llb::copy(*context.tree, path, path));
    return paths == std::vector<std::string>{"."} ? *context.tree : llb::file(llb::scratch(), copies, metadata);
  }
  const std::string& name = ignored == Ignored::yes ? context.name : context.dockerfiles;
  llb::LocalOptions options;
  options.session = context.session;
  std::string key;
  for (const auto& path : paths) {
    key += path + "\n";
    // The whole context is everything: no pattern.
    if (path != ".") options.include.push_back(literal_pattern(path));
  }
  if (ignored == Ignored::yes) options.exclude = context.exclude;
  options.shared_key_hint = name + "-" + std::string(base::sha256(key).hex().substr(0, 16));
  return llb::local(name, options, metadata);
}

llb::Platform to_llb(const name::Platform& platform) {
  return {platform.os(), platform.architecture(), platform.variant()};
}

llb::Owner::Id owner_id(const std::string& text) {
  bool number = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (number && text.size() <= 9) return static_cast<std::uint32_t>(std::stoul(text));
  return text;
}

/// What a file block copies: the tree it comes from, and the path in it.
struct Origin {
  llb::Output tree;
  std::string path;
  std::string layer;  ///< files with the same text here share a layer, and it names it
};

/// Makes the origins' trees, each once.
class Origins {
 public:
  Origins(Gateway& gateway, const recipe::Recipe& recipe, const BuildContext& context, const PackageFiles& packages,
          const name::Platform& platform, std::chrono::sys_seconds epoch, const Places& places)
      : gateway_(gateway),
        recipe_(recipe),
        context_(context),
        packages_(packages),
        platform_(platform),
        epoch_(epoch),
        places_(places),
        dockerfile_digests_(recipe.steps.size()) {}

  Origin of(const recipe::File& file) {
    return std::visit([&](const auto& from) { return make(file, from); }, file.origin);
  }
  const std::vector<std::string>& dockerfile_digests() const { return dockerfile_digests_; }
  const std::map<const recipe::File*, std::string>& images() const { return images_; }

 private:
  Origin make(const recipe::File&, const recipe::FromStep& from) {
    auto found = steps_.find(from.index);
    if (found == steps_.end()) found = steps_.emplace(from.index, build_step(from.index)).first;
    return {found->second, from.path.value, "step " + from.step.value};
  }

  Origin make(const recipe::File&, const recipe::FromTarball& from) {
    auto found = tarballs_.find(from.index);
    if (found == tarballs_.end()) {
      const auto& tarball = recipe_.tarballs.at(from.index);
      const std::string& path = tarball.path.value;
      llb::Output archive = local(context_, {path}, places_.at(tarball.range, "[context] " + path));
      llb::Output tree = llb::file(llb::scratch(), {llb::copy(archive, path, "/", {.unpack = true})},
                                   places_.at(tarball.range, "[tarball] unpack " + path));
      found = tarballs_.emplace(from.index, tree).first;
    }
    return {found->second, from.path.value, "tarball " + from.tarball.value};
  }

  Origin make(const recipe::File& file, const recipe::FromContext& from) {
    return {local(context_, {from.path.value}, places_.at(file.origin_range, "[context] " + from.path.value)),
            from.path.value, "the build context"};
  }

  Origin make(const recipe::File& file, const recipe::FromImage& from) {
    auto resolved = gateway_.resolve_image(from.reference.value, platform_, Gateway::ResolveMode::default_);
    std::string pinned = name::Reference::parse(from.reference.value).with_digest(resolved.digest).text();
    images_[&file] = pinned;
    return {llb::image(pinned, {.platform = to_llb(platform_)},
                       places_.at(file.origin_range, "[image] " + from.reference.value)),
            from.path.value, "image " + from.reference.value};
  }

  Origin make(const recipe::File& file, const recipe::FromGit& from) {
    return {llb::git(from.repository.value, from.ref.value, {},
                     places_.at(file.origin_range, "[git] " + from.repository.value + "#" + from.ref.value)),
            from.path.value, "git " + from.repository.value};
  }

  Origin make(const recipe::File& file, const recipe::FromUrl& from) {
    llb::HttpOptions options{.checksum = base::Digest::parse(from.digest.value), .filename = "file", .mode = 0644};
    return {llb::http(from.uri.value, options, places_.at(file.origin_range, "[url] " + from.uri.value)), "file",
            from.uri.value};
  }

  Origin make(const recipe::File&, const recipe::FromPackage& from) {
    return {packages_.packages.at(packages_.used.at(&from)).tree, from.path.value, "packages"};
  }

  llb::Output build_step(std::size_t index) {
    const auto& step = recipe_.steps.at(index);
    const std::string prefix = "[" + step.name.value + "] ";
    llb::Output dockerfile =
        local(context_, {step.dockerfile.value},
              places_.at(step.dockerfile.range, prefix + "read " + step.dockerfile.value), Ignored::no);
    auto bytes = gateway_.read_file(gateway_.solve({.definition = llb::marshal(dockerfile)}).ref,
                                    "/" + step.dockerfile.value, max_dockerfile_bytes);
    if (!bytes)
      throw recipe::error_at(recipe_, step.dockerfile.range,
                             "the build context has no file " + base::quoted(step.dockerfile.value))
          .fix("give the Dockerfile's path relative to the build context");
    dockerfile_digests_[index] = base::sha256(*bytes).text();

    SolveRequest request;
    request.frontend = "dockerfile.v0";
    request.options = context_.step_options;
    request.inputs = context_.inputs;
    request.options["filename"] = step.dockerfile.value;
    // A "# syntax=" line that names a frontend which calls us again would go round for ever: with `cmdline` set the
    // engine's own Dockerfile frontend reads the file itself.
    request.options["cmdline"] = "dockerfile.v0";
    request.options["platform"] = step.platform ? step.platform->value : platform_.text();
    request.options["build-arg:SOURCE_DATE_EPOCH"] = std::to_string(epoch_.time_since_epoch().count());
    if (step.target) request.options["target"] = step.target->value;
    for (const auto& [key, value] : step.build_args) request.options["build-arg:" + key.value] = value.value;
    if (step.network.value == recipe::Step::Network::none) request.options["force-network-mode"] = "none";
    if (step.network.value == recipe::Step::Network::host) request.options["force-network-mode"] = "host";
    auto own_context = context_.of_steps.find(step.name.value);
    if (own_context != context_.of_steps.end()) {
      request.inputs["context"] = llb::marshal(own_context->second);
      request.inputs["dockerfile"] = llb::marshal(dockerfile);
    } else if (step.context.value == "." && !context_.tree && context_.docker_ignores) {
      // dockerfile.v0 asks for the context itself then, and only for what the Dockerfile copies.
      request.options["contextkey"] = context_.name;
      request.options["dockerfilekey"] = context_.dockerfiles;
    } else {
      llb::Output all = local(context_, {step.context.value},
                              places_.at(step.context.range, prefix + "context " + step.context.value));
      llb::CopyOptions contents{.contents_only = true};
      llb::Output context = llb::file(llb::scratch(), {llb::copy(all, step.context.value, "/", contents)},
                                      places_.at(step.context.range, prefix + "context " + step.context.value));
      request.inputs["context"] = llb::marshal(context);
      request.inputs["dockerfile"] = llb::marshal(dockerfile);
    }
    llb::Definition graph;
    try {
      graph = gateway_.solve(request).ref.definition;
    } catch (const base::Error& error) {
      if (error.kind() == base::Kind::cancelled || error.kind() == base::Kind::unavailable) throw;
      auto shown = recipe::error_at(recipe_, step.range,
                                    "step " + base::quoted(step.name.value) + ": " + error.message(), error.kind());
      if (!error.excerpt().empty()) shown.note("in " + step.dockerfile.value + ":\n" + error.excerpt());
      for (const auto& note : error.notes()) shown.note(note);
      throw shown.fix(error.fix());
    }
    check_access(recipe_, step, graph);
    return llb::definition_output(graph);
  }

  Gateway& gateway_;
  const recipe::Recipe& recipe_;
  const BuildContext& context_;
  const PackageFiles& packages_;
  const name::Platform& platform_;
  std::chrono::sys_seconds epoch_;
  const Places& places_;
  std::map<std::size_t, llb::Output> steps_, tarballs_;
  std::vector<std::string> dockerfile_digests_;
  std::map<const recipe::File*, std::string> images_;
};

/// A tree of the files alone has no users to look names up in; there everything is root's.
enum class Owners { declared, root };

llb::FileAction copy_action(const recipe::File& file, const Origin& origin, Owners owners,
                            std::chrono::sys_seconds epoch) {
  llb::CopyOptions options;
  options.time = epoch;
  options.contents_only = file.directory;
  options.follow_symlink = !file.directory;
  if (file.mode) options.mode = file.mode->value;
  llb::Owner owner{.user = llb::Owner::Id{std::uint32_t{0}}, .group = llb::Owner::Id{std::uint32_t{0}}};
  if (file.owner && owners == Owners::declared) {
    owner = {.user = owner_id(file.owner->value.user), .group = {}};
    if (!file.owner->value.group.empty()) owner.group = owner_id(file.owner->value.group);
  }
  options.owner = owner;
  return llb::copy(origin.tree, origin.path, file.destination.value + (file.directory ? "/" : ""), options);
}

/// The directories above a path, but for the root, which a layer does not hold.
void add_parents(std::string_view path, std::set<std::string>& parents) {
  for (auto end = path.rfind('/'); end != std::string_view::npos && end > 0; end = path.rfind('/', end - 1))
    parents.emplace(path.substr(0, end));
}

/// A copied file leaves the current time on the directories that it came into. To copy nothing into such a directory
/// sets its time and changes nothing else. So a layer's bytes do not depend on when it was made, and the engine need
/// not write it anew at each export ("rewrite-timestamp"), which unpacks and packs it once more.
std::vector<llb::FileAction> with_times_of_parents(std::vector<llb::FileAction> copies,
                                                   const std::set<std::string>& parents, std::chrono::sys_seconds epoch,
                                                   const llb::Metadata& metadata) {
  if (parents.empty()) return copies;
  llb::Output nothing = llb::file(llb::scratch(), {llb::mkdir("/nothing", {.time = epoch})}, metadata);
  for (const auto& directory : parents)
    copies.push_back(llb::copy(nothing, "/nothing", directory + "/",
                               {.time = epoch, .create_destination = false, .contents_only = true}));
  return copies;
}

/// "/lib/x" for "/usr/lib/x" and the reverse: an installed Debian shows a file of a package under both.
std::string other_half(std::string_view path) {
  if (path.starts_with("/usr/")) return std::string(path.substr(4));
  return path.starts_with('/') ? "/usr" + std::string(path) : "";
}

}  // namespace

Files add_files(Gateway& gateway, const recipe::Recipe& recipe, const llb::Output& onto, const BuildContext& context,
                const PackageFiles& packages, const name::Platform& platform, std::chrono::sys_seconds epoch,
                const Places& places) {
  Files out;
  Origins origins(gateway, recipe, context, packages, platform, epoch, places);
  struct Layer {
    std::string name;
    std::vector<hcl::Range> blocks;
    std::vector<llb::FileAction> actions, alone;
    std::set<std::string> parents;
  };
  std::vector<Layer> layers;
  for (const auto& file : recipe.image.files) {
    Origin origin = origins.of(file);
    auto layer = std::find_if(layers.begin(), layers.end(), [&](const Layer& l) { return l.name == origin.layer; });
    if (layer == layers.end() && layers.size() >= max_file_layers) layer = std::prev(layers.end());
    if (layer == layers.end()) layer = layers.insert(layers.end(), {origin.layer, {}, {}, {}, {}});
    layer->blocks.push_back(file.range);
    layer->actions.push_back(copy_action(file, origin, Owners::declared, epoch));
    layer->alone.push_back(copy_action(file, origin, Owners::root, epoch));
    add_parents(file.destination.value, layer->parents);
    out.origins.push_back({"", llb::marshal(origin.tree)});
  }
  out.tree = onto;
  for (const auto& layer : layers) {
    std::size_t count = layer.actions.size();
    const std::string title = std::to_string(count) + (count == 1 ? " file" : " files") + " from " + layer.name;
    auto metadata = places.at(layer.blocks, "[files] " + title);
    out.layers.push_back(title);
    out.tree = llb::file(out.tree, with_times_of_parents(layer.actions, layer.parents, epoch, metadata), metadata);
    out.declared = llb::file(out.declared, layer.alone, metadata);
  }
  std::vector<std::string> tarballs;
  for (const auto& tarball : recipe.tarballs)
    if (tarball.used) tarballs.push_back(tarball.path.value);
  if (!tarballs.empty())
    out.tarballs = local(context, tarballs, places.at(tarball_blocks(recipe), "[context] tarballs"));
  out.dockerfile_digests = origins.dockerfile_digests();
  out.images = origins.images();
  return out;
}

base::Error not_a_file(const recipe::Recipe& recipe, const recipe::File& file, bool directory) {
  const auto& path = file.destination;
  if (directory)
    return recipe::error_at(recipe, path.range, base::quoted(path.value) + " is a directory where it comes from")
        .fix("write \"" + path.value + "/\" to copy the directory with all that is in it");
  return recipe::error_at(recipe, path.range, base::quoted(path.value) + " is no regular file where it comes from")
      .fix("declare the file itself, or a directory as \"" + path.value + "/\"");
}

void check_files(Gateway& gateway, const recipe::Recipe& recipe, const Ref& tree) {
  // By directory: a recipe may have thousands of files, seldom in thousands of directories.
  std::map<std::string, std::map<std::string, const recipe::File*>> wanted;
  for (const auto& file : recipe.image.files) {
    std::filesystem::path path(file.destination.value);
    if (!file.directory) wanted[path.parent_path().string()][path.filename().string()] = &file;
  }
  for (const auto& [directory, files] : wanted) {
    auto entries = gateway.read_directory(tree, directory);
    if (!entries) continue;  // the engine has made it
    for (const auto& entry : *entries)
      if (auto file = files.find(entry.name); file != files.end() && !S_ISREG(entry.mode))
        throw not_a_file(recipe, *file->second, S_ISDIR(entry.mode));
  }
}

void explain_missing_files(Gateway& gateway, const recipe::Recipe& recipe, const Files& files) {
  for (std::size_t i = 0; i < files.origins.size(); i++) {
    const auto& file = recipe.image.files[i];
    const recipe::Text* path = std::visit(
        [](const auto& from) -> const recipe::Text* {
          if constexpr (requires { from.path; })
            return &from.path;
          else
            return nullptr;
        },
        file.origin);
    if (!path) continue;
    Ref ref = gateway.solve({.definition = files.origins[i].definition}).ref;
    if (gateway.stat(ref, path->value)) continue;
    std::filesystem::path wanted(path->value);
    std::string parent = wanted.parent_path().empty() ? "/" : wanted.parent_path().string();
    std::vector<std::string> names;
    bool dangling = false;
    if (auto entries = gateway.read_directory(ref, parent))
      for (const auto& entry : *entries) {
        names.push_back(entry.name);
        dangling = dangling || (entry.name == wanted.filename() && S_ISLNK(entry.mode));
      }
    auto error = recipe::error_at(recipe, path->range, base::quoted(path->value) + " is not there");
    if (dangling) {
      error =
          recipe::error_at(recipe, path->range, base::quoted(path->value) + " is a link that leads to nothing there");
      error.fix("take the file that it stands for from where that is");
    } else if (std::string merged = other_half(path->value); !merged.empty() && gateway.stat(ref, merged)) {
      error.fix("did you mean '" + base::printable(merged) + "'?");
    } else if (std::string near = base::nearest(wanted.filename().string(), names); !near.empty()) {
      error.fix("did you mean '" + (wanted.parent_path() / near).string() + "'?");
    } else if (!names.empty()) {
      if (names.size() > 20) names.resize(20);
      error.fix(base::quoted(parent) + " holds: " + base::printable(base::join(names, ", ")));
    } else {
      error.fix("no directory " + base::quoted(parent) + " is there either");
    }
    throw error;
  }
}

}  // namespace frontend
