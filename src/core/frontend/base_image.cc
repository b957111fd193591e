#include "core/frontend/base_image.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/frontend/place.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"

namespace frontend {
namespace {

constexpr std::uint64_t max_status_bytes = 64u << 20;
constexpr std::uint64_t max_small_bytes = 1u << 20;
constexpr std::size_t max_source_files = 200;

deb::OsRelease read_os_release(Gateway& gateway, const Ref& ref) {
  for (const char* path : {"/etc/os-release", "/usr/lib/os-release"})
    if (auto text = gateway.read_file(ref, path, max_small_bytes)) return deb::parse_os_release(*text);
  return {};
}

deb::PackageDatabase read_packages(Gateway& gateway, const Ref& ref, bool& has_dpkg) {
  if (auto status = gateway.read_file(ref, "/var/lib/dpkg/status", max_status_bytes)) {
    has_dpkg = gateway.stat(ref, "/usr/bin/dpkg").has_value();
    return deb::parse_status(*status);
  }
  // Distroless images keep one stanza a file and have no dpkg.
  std::vector<std::string> stanzas;
  if (auto files = gateway.read_directory(ref, "/var/lib/dpkg/status.d"))
    for (const auto& file : *files)
      if (!file.name.ends_with(".md5sums"))
        if (auto text = gateway.read_file(ref, "/var/lib/dpkg/status.d/" + file.name, max_small_bytes))
          stanzas.push_back(std::move(*text));
  return deb::parse_status_d(stanzas);
}

std::vector<deb::Repository> read_repositories(Gateway& gateway, const Ref& ref) {
  std::vector<deb::Repository> out;
  auto add = [&](std::vector<deb::Repository> more) { out.insert(out.end(), more.begin(), more.end()); };
  if (auto list = gateway.read_file(ref, "/etc/apt/sources.list", max_small_bytes))
    add(deb::parse_sources_list(*list, "/etc/apt/sources.list"));
  const std::string directory = "/etc/apt/sources.list.d";
  auto files = gateway.read_directory(ref, directory);
  if (!files) return out;
  if (files->size() > max_source_files)
    throw base::Error(base::Kind::invalid,
                      directory + " of the base image has more than " + std::to_string(max_source_files) + " files");
  for (const auto& file : *files) {
    std::string path = directory + "/" + file.name;
    bool list = file.name.ends_with(".list"), stanzas = file.name.ends_with(".sources");
    if (!list && !stanzas) continue;
    auto text = gateway.read_file(ref, path, max_small_bytes);
    if (!text) continue;
    add(list ? deb::parse_sources_list(*text, path) : deb::parse_sources_stanzas(*text, path));
  }
  return out;
}

std::vector<BaseImage::Keyring> read_keyrings(Gateway& gateway, const Ref& ref,
                                              const std::vector<deb::Repository>& repositories) {
  std::set<std::string> paths = {"/etc/apt/trusted.gpg"};
  const std::string directory = "/etc/apt/trusted.gpg.d";
  if (auto files = gateway.read_directory(ref, directory))
    for (const auto& file : *files)
      if (file.name.ends_with(".gpg") || file.name.ends_with(".asc")) paths.insert(directory + "/" + file.name);
  for (const auto& repository : repositories)
    for (auto path : base::split(repository.signed_by, ','))
      if (path.starts_with('/')) paths.emplace(path);
  std::vector<BaseImage::Keyring> out;
  for (const auto& path : paths)
    if (auto content = gateway.read_file(ref, path, max_small_bytes)) out.push_back({path, std::move(*content)});
  for (const auto& repository : repositories)
    if (!repository.key.empty()) out.push_back({"Signed-By of " + repository.uri, repository.key});
  return out;
}

void add_repositories(Gateway& gateway, BaseImage& image) {
  base::within("reading the repositories of " + base::quoted(image.canonical_name), [&] {
    image.repositories = read_repositories(gateway, image.ref);
    image.keyrings = read_keyrings(gateway, image.ref, image.repositories);
  });
}

/// Whether the base's own apt is asked for anything.
bool asks_apt(const recipe::Recipe& recipe) {
  const auto& files = recipe.image.files;
  return !recipe.image.apt.empty() || std::any_of(files.begin(), files.end(), [](const recipe::File& file) {
    const auto* from = std::get_if<recipe::FromPackage>(&file.origin);
    return from && !from->image;
  });
}

/// Reads the config of an image whose tree is known, and what there is in it. `role` is how messages call it.
void look_into(Gateway& gateway, BaseImage& base, const recipe::Recipe& recipe, const recipe::Text& reference,
               const std::string& wanted, const std::string& role, const name::Platform& platform, Contents contents) {
  if (!base.config_json.empty())
    base.config = base::within("reading the config of the " + role + " " + base::quoted(wanted),
                               [&] { return oci::parse_config(base.config_json); });
  if (auto offered = base.config.platform(); offered && !platform.matches(*offered))
    throw recipe::error_at(
        recipe, reference.range,
        role + " " + base::quoted(wanted) + " is for " + offered->text() + ", not for " + platform.text(),
        base::Kind::unsupported);
  if (contents == Contents::unread) return;
  base.ref = gateway.solve({.definition = llb::marshal(base.tree)}).ref;
  base::within("reading the " + role + " " + base::quoted(wanted), [&] {
    base.os = read_os_release(gateway, base.ref);
    base.packages = read_packages(gateway, base.ref, base.has_dpkg);
  });
}

/// `wanted` is what `reference` stands for; `role` is how messages call the image: "base image".
BaseImage resolve(Gateway& gateway, const recipe::Recipe& recipe, const recipe::Text& reference,
                  const std::string& wanted, const std::string& role, const name::Platform& platform,
                  Gateway::ResolveMode mode, Contents contents) {
  BaseImage base;
  std::optional<ResolvedImage> resolved;
  try {
    resolved = gateway.resolve_image(wanted, platform, mode);
  } catch (const base::Error& error) {
    auto shown = recipe::error_at(recipe, reference.range, role + " " + base::quoted(wanted) + ": " + error.message(),
                                  error.kind());
    for (const auto& note : error.notes()) shown.note(note);
    throw shown.fix(error.fix());
  }
  base.canonical_name = name::Reference::parse(wanted).with_digest(resolved->digest).text();
  base.config_json = resolved->config;
  base.tree = llb::image(base.canonical_name,
                         {.platform = llb::Platform{platform.os(), platform.architecture(), platform.variant()}},
                         Places(recipe).at(reference.range, "[" + role.substr(0, role.find(' ')) + "] " + wanted));
  look_into(gateway, base, recipe, reference, wanted, role, platform, contents);
  return base;
}

}  // namespace

BaseImage read_base_image(Gateway& gateway, const recipe::Recipe& recipe, const name::Platform& platform,
                          Gateway::ResolveMode mode, const std::string& locked, Contents contents,
                          const std::optional<BaseReplacement>& replacement) {
  if (recipe.image.scratch) {
    BaseImage base;
    base.canonical_name = "scratch";
    return base;
  }
  if (asks_apt(recipe)) contents = Contents::read;
  BaseImage base;
  if (replacement) {
    base.tree = replacement->tree;
    base.config_json = replacement->config_json;
    base.canonical_name = replacement->canonical_name;
    look_into(gateway, base, recipe, recipe.image.base, base.canonical_name, "base image", platform, contents);
  } else {
    base = resolve(gateway, recipe, recipe.image.base, locked.empty() ? recipe.image.base.value : locked, "base image",
                   platform, mode, contents);
  }
  if (!recipe.image.apt.empty() && !base.has_dpkg)
    throw recipe::error_at(
        recipe, recipe.image.apt.front().range,
        "base image " + base::quoted(recipe.image.base.value) + " has no dpkg: apt cannot install into it")
        .fix("use a Debian or Ubuntu base, or take the files with from_package");
  if (base.has_dpkg && asks_apt(recipe)) add_repositories(gateway, base);
  return base;
}

BaseImage read_image(Gateway& gateway, const recipe::Recipe& recipe, const recipe::Text& reference,
                     const name::Platform& platform, Gateway::ResolveMode mode) {
  BaseImage image =
      resolve(gateway, recipe, reference, reference.value, "package image", platform, mode, Contents::read);
  if (image.has_dpkg) add_repositories(gateway, image);
  return image;
}

}  // namespace frontend
