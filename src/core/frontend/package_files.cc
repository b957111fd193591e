#include "core/frontend/package_files.h"

#include <algorithm>
#include <span>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/deb/apt_failure.h"
#include "core/deb/madison.h"
#include "core/frontend/apt_resolve.h"
#include "core/frontend/apt_scripts.h"
#include "core/frontend/apt_step.h"
#include "core/llb/exec.h"
#include "core/llb/file.h"
#include "core/llb/marshal.h"

namespace frontend {
namespace {

constexpr std::uint64_t max_copyright_bytes = 64u << 20;

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

llb::Output unpack(const llb::Output& deb, const std::string& file, const std::string& name, const BaseImage& image,
                   const name::Platform& platform, const std::vector<hcl::Range>& blocks, const Places& places) {
  llb::ExecOptions options;
  options.args = {"dpkg-deb", "--extract", "/tmp/deb/" + file, "/tmp/out"};
  for (const auto& entry : image.config.env)
    if (entry.starts_with("PATH=")) options.env.push_back(entry);
  options.network = llb::Network::none;
  options.platform = llb::Platform{platform.os(), platform.architecture(), platform.variant()};
  options.mounts = {llb::tmpfs_mount("/tmp"), llb::bind_mount("/tmp/deb", deb), llb::output_mount("/tmp/out")};
  return llb::exec(image.tree, options, places.at(blocks, "[package] unpack " + name)).output("/tmp/out");
}

llb::Output fetch_and_unpack(const FilePackage& package, const BaseImage& image, const name::Platform& platform,
                             const std::vector<hcl::Range>& blocks, const Hosts& hosts, const Places& places) {
  const std::string file = package.binary.name + "_" + package.binary.architecture + ".deb";
  llb::Output deb = fetch(package.download.uri, base::Digest::parse(package.download.hash.text()), file, hosts, image,
                          platform, places.at(blocks, "[package] fetch " + package.download.name));
  return unpack(deb, file, package.download.name, image, platform, blocks, places);
}

/// The archive that has the package, of several the one that its .deb lies in.
std::optional<std::size_t> release_of(const FilePackage& package, const std::vector<deb::Offer>& offers,
                                      const std::vector<Release>& releases) {
  for (const auto& offer : offers) {
    if (offer.name != package.binary.name || offer.version != package.binary.version) continue;
    if (!package.download.uri.starts_with(offer.uri)) continue;
    for (std::size_t i = 0; i < releases.size(); i++)
      if (offer.is_from(releases[i].repository)) return i;
  }
  return std::nullopt;
}

/// Asks one image about all that is wanted of it.
void resolve(Gateway& gateway, const recipe::Recipe& recipe, const BaseImage& image, const AptSetup& setup,
             const Wanted& wanted, const name::Platform& platform, const Hosts& hosts, const Places& places,
             PackageFiles& out) {
  AptSetup asked = setup;
  asked.packages.clear();
  Wanted distinct;
  std::vector<hcl::Range> all;
  std::map<const recipe::FromPackage*, std::vector<hcl::Range>> blocks;  // of the distinct ones
  for (const auto* from : wanted) {
    all.push_back(from->name.range);
    auto same = [&](const recipe::FromPackage* other) { return argument(*other) == argument(*from); };
    auto found = std::find_if(distinct.begin(), distinct.end(), same);
    out.used[from] = out.packages.size() + static_cast<std::size_t>(found - distinct.begin());
    blocks[found == distinct.end() ? from : *found].push_back(from->name.range);
    if (found != distinct.end()) continue;
    distinct.push_back(from);
    asked.packages += argument(*from) + "\n";
  }
  auto refresh = recipe.image.apt.empty() ? recipe::Apt::Refresh::changed : recipe::Apt::Refresh::never;
  for (const auto& block : recipe.image.apt) refresh = std::max(refresh, block.refresh.value);
  const std::string script = std::string(update_script) + std::string(package_script);
  const std::size_t count = distinct.size();
  const std::string title = "[package] look up " + std::to_string(count) + (count == 1 ? " package" : " packages");
  const AptStep step{image, asked, script, refresh, platform, std::move(all), title, hosts};
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
  answers.offers = read_answer(gateway, ref, "/offers");
  const auto releases = read_releases(gateway, ref, setup);
  auto packages = base::within("reading what apt knows of the packages",
                               [&] { return read_package_answers(answers, recipe, distinct, releases); });
  for (std::size_t i = 0; i < packages.size(); i++) {
    packages[i].tree = fetch_and_unpack(packages[i], image, platform, blocks.at(distinct[i]), hosts, places);
    packages[i].image = image.tree;
    if (packages[i].release) *packages[i].release += out.releases.size();
    out.packages.push_back(std::move(packages[i]));
  }
  out.releases.insert(out.releases.end(), releases.begin(), releases.end());
  out.keyrings.insert(out.keyrings.end(), image.keyrings.begin(), image.keyrings.end());
}

}  // namespace

std::vector<FilePackage> read_package_answers(const AptAnswers& answers, const recipe::Recipe& recipe,
                                              const Wanted& wanted, const std::vector<Release>& releases) {
  std::map<deb::Hash, deb::BinaryPackage> stanzas;
  for (auto& stanza : deb::parse_packages(answers.binaries)) {
    deb::Hash hash = stanza.hash;
    stanzas.emplace(std::move(hash), std::move(stanza));
  }
  const auto sources = sources_by_name(answers);
  const auto offers = deb::parse_madison(answers.offers);
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
    FilePackage package{stanza->second, std::move(download), {}};
    if (auto source = sources.find(package.binary.source); source != sources.end()) package.sources = source->second;
    package.release = release_of(package, offers, releases);
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

namespace {

/// Calls `use` for each image that is asked, with what is wanted of it and the place to blame.
template <class Use>
void for_each_image(Gateway& gateway, const recipe::Recipe& recipe, const BaseImage& base,
                    const name::Platform& platform, Gateway::ResolveMode mode, Use&& use) {
  for (const auto& [reference, wanted] : blocks_by_image(recipe)) {
    const bool own = reference.empty();
    const hcl::Range place = own ? wanted.front()->name.range : wanted.front()->image->range;
    std::optional<BaseImage> other;
    if (!own) other = read_image(gateway, recipe, *wanted.front()->image, platform, mode);
    const BaseImage& image = own ? base : *other;
    if (!image.has_dpkg)
      throw recipe::error_at(recipe, place, "image " + base::quoted(image.canonical_name) + " has no dpkg and apt")
          .fix("name a Debian or Ubuntu image to ask: image = \"debian:bookworm\"");
    use(image, own, wanted, place);
  }
}

}  // namespace

PackageFiles resolve_package_files(Gateway& gateway, const recipe::Recipe& recipe, const BaseImage& base,
                                   const name::Platform& platform, Gateway::ResolveMode mode, const Hosts& hosts,
                                   const Places& places) {
  PackageFiles out;
  for_each_image(gateway, recipe, base, platform, mode,
                 [&](const BaseImage& image, bool own, const Wanted& wanted, const hcl::Range& place) {
                   std::map<std::string, std::string> keys;
                   if (own) keys = fetch_keys(gateway, recipe, base, platform, hosts, places);
                   const auto blocks =
                       own ? std::span<const recipe::Apt>(recipe.image.apt) : std::span<const recipe::Apt>();
                   const AptSetup setup = apt_setup(recipe, blocks, place, image.repositories, image.os, keys);
                   resolve(gateway, recipe, image, setup, wanted, platform, hosts, places, out);
                   out.tools = image.tree;
                 });
  return out;
}

PackageFiles locked_package_files(Gateway& gateway, const recipe::Recipe& recipe, const BaseImage& base,
                                  const LockedBlocks& blocks, const LockedInputs& inputs,
                                  const name::Platform& platform, Gateway::ResolveMode mode, const Places& places) {
  PackageFiles out;
  std::map<const bom::Package*, std::size_t> known;
  for_each_image(gateway, recipe, base, platform, mode,
                 [&](const BaseImage& image, bool, const Wanted& wanted, const hcl::Range&) {
                   for (const auto* from : wanted) {
                     const bom::Package* locked = blocks.at(from);
                     auto [at, fresh] = known.try_emplace(locked, out.packages.size());
                     out.used[from] = at->second;
                     if (!fresh) continue;
                     FilePackage package;
                     package.binary.name = locked->name;
                     package.binary.version = locked->version;
                     package.binary.architecture = locked->architecture;
                     package.binary.source = locked->source;
                     package.image = image.tree;
                     package.download.uri = locked->location->uri;
                     package.download.name = locked->location->name;
                     package.download.hash = deb::parse_hash(locked->location->digest);
                     const std::string& digest = locked->location->digest;
                     package.tree = unpack(inputs.debs.at(digest), inputs.file_names.at(digest), package.download.name,
                                           image, platform, {{from->name.range}}, places);
                     out.packages.push_back(std::move(package));
                   }
                   out.tools = image.tree;
                 });
  return out;
}

void read_copyrights(Gateway& gateway, const recipe::Recipe& recipe, PackageFiles& files,
                     const name::Platform& platform, const Places& places) {
  std::map<std::string, std::vector<std::size_t>> by_image;
  for (std::size_t i = 0; i < files.packages.size(); i++) by_image[files.packages[i].image.vertex()].push_back(i);
  std::vector<hcl::Range> blocks;
  for (const auto& file : recipe.image.files)
    if (std::holds_alternative<recipe::FromPackage>(file.origin)) blocks.push_back(file.origin_range);
  for (const auto& each : by_image) {
    const auto& indexes = each.second;
    std::string list;
    llb::ExecOptions options;
    options.args = {"/bin/sh", "-c", std::string(copyright_script)};
    options.env = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
    options.network = llb::Network::none;
    options.platform = llb::Platform{platform.os(), platform.architecture(), platform.variant()};
    options.mounts = {llb::tmpfs_mount("/tmp"), llb::output_mount("/tmp/out")};
    for (std::size_t i : indexes) {
      const auto& package = files.packages[i];
      const std::string number = std::to_string(i);
      list += number + " " + package.binary.name + " " + package.binary.source.name + " " +
              package.binary.source.version + "\n";
      options.mounts.push_back(llb::bind_mount("/tmp/packages/" + number, package.tree));
    }
    auto input = llb::file(llb::scratch(), {llb::mkfile("/packages", list, {.time = llb::FileTime{}})},
                           places.at(blocks, "[bill] list of packages"));
    options.mounts.push_back(llb::bind_mount("/tmp/in", input));
    auto out = llb::exec(files.packages[indexes.front()].image, options,
                         places.at(blocks, "[bill] copyright files of packages"));
    Ref ref = gateway.solve({.definition = llb::marshal(out.output("/tmp/out")), .evaluate = true}).ref;
    for (std::size_t i : indexes)
      files.packages[i].copyright = gateway.read_file(ref, "/" + std::to_string(i), max_copyright_bytes).value_or("");
  }
}

}  // namespace frontend
