#include "core/frontend/package_files.h"

#include <algorithm>
#include <span>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/deb/apt_failure.h"
#include "core/frontend/apt_resolve.h"
#include "core/frontend/apt_scripts.h"
#include "core/frontend/apt_step.h"
#include "core/llb/exec.h"
#include "core/llb/source.h"

namespace frontend {
namespace {

using Wanted = std::vector<const recipe::FromPackage*>;

/// "name=version", as apt takes it.
std::string argument(const recipe::FromPackage& package) {
  return package.version ? package.name.value + "=" + package.version->value : package.name.value;
}

/// "libssl3:arm64" → "libssl3"
std::string bare_name(const recipe::FromPackage& package) {
  return package.name.value.substr(0, package.name.value.find(':'));
}

/// The blocks that ask each image, by its reference; "" is the base.
std::map<std::string, Wanted> blocks_by_image(const recipe::Recipe& recipe) {
  std::map<std::string, Wanted> out;
  for (const auto& file : recipe.image.files)
    if (const auto* from = std::get_if<recipe::FromPackage>(&file.origin))
      out[from->image ? from->image->value : ""].push_back(from);
  return out;
}

/// apt's words about a package that it does not have, at the block that asked for it.
[[noreturn]] void refuse(const recipe::Recipe& recipe, const Wanted& wanted, const base::Error& error) {
  const recipe::FromPackage* blamed = wanted.front();
  std::size_t longest = 0;
  const std::string words = error.text();
  for (const auto* from : wanted)
    if (from->name.value.size() > longest && words.find(bare_name(*from)) != std::string::npos) {
      longest = from->name.value.size();
      blamed = from;
    }
  const bool version = blamed->version && words.find(blamed->version->value) != std::string::npos;
  auto shown =
      recipe::error_at(recipe, version ? blamed->version->range : blamed->name.range, error.message(), error.kind());
  for (const auto& note : error.notes()) shown.note(note);
  throw shown.fix(error.fix());
}

llb::Output unpack(const FilePackage& package, const BaseImage& image, const name::Platform& platform,
                   const hcl::Range& place, const Places& places) {
  const std::string file = package.binary.name + "_" + package.binary.architecture + ".deb";
  llb::Output deb =
      llb::http(package.download.uri, {.checksum = base::Digest::parse(package.download.hash.text()), .filename = file},
                places.at(place, "[package] fetch " + package.download.name));
  llb::ExecOptions options;
  options.args = {"dpkg-deb", "--extract", "/tmp/deb/" + file, "/tmp/out"};
  for (const auto& entry : image.config.env)
    if (entry.starts_with("PATH=")) options.env.push_back(entry);
  options.network = llb::Network::none;
  options.platform = llb::Platform{platform.os(), platform.architecture(), platform.variant()};
  options.mounts = {llb::tmpfs_mount("/tmp"), llb::bind_mount("/tmp/deb", deb), llb::output_mount("/tmp/out")};
  return llb::exec(image.tree, options, places.at(place, "[package] unpack " + package.download.name))
      .output("/tmp/out");
}

/// Asks one image about all that is wanted of it.
void resolve(Gateway& gateway, const recipe::Recipe& recipe, const BaseImage& image, const AptSetup& setup,
             const Wanted& wanted, const name::Platform& platform, const Places& places, PackageFiles& out) {
  AptSetup asked = setup;
  asked.packages.clear();
  Wanted distinct;
  for (const auto* from : wanted) {
    auto same = [&](const recipe::FromPackage* other) { return argument(*other) == argument(*from); };
    auto found = std::find_if(distinct.begin(), distinct.end(), same);
    out.used[from] = out.packages.size() + static_cast<std::size_t>(found - distinct.begin());
    if (found != distinct.end()) continue;
    distinct.push_back(from);
    asked.packages += argument(*from) + "\n";
  }
  auto refresh = recipe.image.apt.empty() ? recipe::Apt::Refresh::changed : recipe::Apt::Refresh::never;
  for (const auto& block : recipe.image.apt) refresh = std::max(refresh, block.refresh.value);
  const std::string script = std::string(update_script) + std::string(package_script);
  const std::size_t count = distinct.size();
  const std::string title = "[package] look up " + std::to_string(count) + (count == 1 ? " package" : " packages");
  const AptStep step{image, asked, script, refresh, platform, wanted.front()->name.range, title};
  const Ref ref = ask_apt(gateway, step, places,
                          [&](const std::string& words) { refuse(recipe, wanted, deb::explain_apt_failure(words)); });
  try {
    deb::refuse_apt_warnings(read_answer(gateway, ref, "/update"));
  } catch (const base::Error& error) {
    refuse(recipe, wanted, error);
  }
  AptAnswers answers;
  answers.uris = read_answer(gateway, ref, "/uris");
  answers.binaries = read_answer(gateway, ref, "/binaries");
  answers.sources = read_answer(gateway, ref, "/sources");
  answers.source_uris = read_answer(gateway, ref, "/source-uris");
  auto packages = base::within("reading what apt knows of the packages",
                               [&] { return read_package_answers(answers, recipe, distinct); });
  for (std::size_t i = 0; i < packages.size(); i++) {
    packages[i].tree = unpack(packages[i], image, platform, distinct[i]->name.range, places);
    out.packages.push_back(std::move(packages[i]));
  }
}

}  // namespace

std::vector<FilePackage> read_package_answers(const AptAnswers& answers, const recipe::Recipe& recipe,
                                              const Wanted& wanted) {
  std::map<deb::Hash, deb::BinaryPackage> stanzas;
  for (auto& stanza : deb::parse_packages(answers.binaries)) {
    deb::Hash hash = stanza.hash;
    stanzas.emplace(std::move(hash), std::move(stanza));
  }
  const auto sources = sources_by_name(answers);
  std::vector<FilePackage> found;
  for (auto& download : deb::parse_print_uris(answers.uris)) {
    if (download.hash.algorithm != "sha256")
      throw base::Error(base::Kind::unsupported,
                        "the archive gives no SHA256 for " + base::quoted(download.name) + " (" + download.uri + ")")
          .fix("use a repository whose Packages index lists SHA256");
    auto stanza = stanzas.find(download.hash);
    if (stanza == stanzas.end())
      throw base::Error(base::Kind::corrupt,
                        "apt would fetch " + base::quoted(download.name) + " but shows no such package");
    FilePackage package{stanza->second, std::move(download), {}, {}};
    if (auto source = sources.find(package.binary.source); source != sources.end()) package.sources = source->second;
    found.push_back(std::move(package));
  }
  std::vector<FilePackage> out;
  for (const auto* from : wanted) {
    auto package = std::find_if(found.begin(), found.end(), [&](const FilePackage& one) {
      return one.binary.name == bare_name(*from) && (!from->version || one.binary.version == from->version->value);
    });
    if (package == found.end())
      throw recipe::error_at(recipe, from->name.range,
                             "apt does not say where " + base::quoted(argument(*from)) + " is");
    if (package->sources.empty())
      throw recipe::error_at(recipe, from->name.range,
                             "package " + base::quoted(package->binary.name) + " " + package->binary.version +
                                 " has no source: no deb-src repository has " +
                                 base::quoted(package->binary.source.name) + " " + package->binary.source.version)
          .fix("take the file from an archive that keeps its sources");
    out.push_back(*package);
  }
  return out;
}

PackageFiles resolve_package_files(Gateway& gateway, const recipe::Recipe& recipe, const BaseImage& base,
                                   const name::Platform& platform, Gateway::ResolveMode mode, const Places& places) {
  PackageFiles out;
  for (const auto& [reference, wanted] : blocks_by_image(recipe)) {
    const bool own = reference.empty();
    const hcl::Range place = own ? wanted.front()->name.range : wanted.front()->image->range;
    std::optional<BaseImage> other;
    if (!own) other = read_image(gateway, recipe, *wanted.front()->image, platform, mode);
    const BaseImage& image = own ? base : *other;
    if (!image.has_dpkg)
      throw recipe::error_at(recipe, place, "image " + base::quoted(image.canonical_name) + " has no dpkg and apt")
          .fix("name a Debian or Ubuntu image to ask: image = \"debian:bookworm\"");
    std::map<std::string, std::string> keys;
    if (own) keys = fetch_keys(gateway, recipe, places);
    const auto blocks = own ? std::span<const recipe::Apt>(recipe.image.apt) : std::span<const recipe::Apt>();
    const AptSetup setup = apt_setup(recipe, blocks, place, image.repositories, image.os, keys);
    resolve(gateway, recipe, image, setup, wanted, platform, places, out);
    out.tools = image.tree;
  }
  return out;
}

}  // namespace frontend
