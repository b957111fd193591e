#include "core/frontend/build.h"

#include <algorithm>
#include <future>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/bom/verify.h"
#include "core/bom/yaml_writer.h"
#include "core/frontend/apt_install.h"
#include "core/frontend/evidence.h"
#include "core/frontend/file_digests.h"
#include "core/frontend/image_config.h"
#include "core/frontend/policy.h"
#include "core/frontend/tools.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"

namespace frontend {
namespace {

constexpr std::uint64_t max_package_bytes = 2ull << 30;

/// The caller's epoch, else the lock's, else the base's: never the clock, and never a date of the archive, which is
/// signed anew whether or not a package of this image has changed.
std::chrono::sys_seconds choose_epoch(const BuildOptions& options, const BaseImage& base) {
  if (options.epoch) return *options.epoch;
  if (options.lock)
    if (auto locked = parse_rfc3339(options.lock->image.created)) return *locked;
  return parse_rfc3339(base.config.created).value_or(std::chrono::sys_seconds{});
}

/// Which block each file comes from: its own path, or the nearest directory above it that is declared.
std::vector<FileEvidence> file_evidence(const recipe::Recipe& recipe, const std::vector<FileDigest>& digests) {
  std::map<std::string_view, const recipe::File*> declared;
  for (const auto& file : recipe.image.files) declared[file.destination.value] = &file;
  std::vector<FileEvidence> out;
  std::map<const recipe::File*, std::size_t> found;
  for (const auto& digest : digests) {
    std::string_view path = digest.path;
    auto owner = declared.find(path);
    while (owner == declared.end() && !path.empty()) {
      path = path.substr(0, path.rfind('/'));
      owner = declared.find(path.empty() ? std::string_view("/") : path);
    }
    if (owner == declared.end())
      throw base::Error(base::Kind::corrupt, "file " + base::quoted(digest.path) + " comes from no file block");
    if (!owner->second->directory && owner->first != digest.path) throw not_a_file(recipe, *owner->second, true);
    out.push_back({digest.path, digest.digest, digest.mode, owner->second});
    found[owner->second]++;
  }
  for (const auto& file : recipe.image.files)
    if (!file.directory && !found.contains(&file)) throw not_a_file(recipe, file, false);
  return out;
}

std::vector<std::string> tarball_digests(const recipe::Recipe& recipe, const std::vector<FileDigest>& digests) {
  std::vector<std::string> out(recipe.tarballs.size());
  for (std::size_t i = 0; i < out.size(); i++)
    for (const auto& digest : digests)
      if (digest.path == "/" + recipe.tarballs[i].path.value) out[i] = digest.digest;
  return out;
}

/// Reads each .deb back out of the engine, which has it: `inputs` say where it is if not at its place.
void keep_packages(Gateway& gateway, const recipe::Recipe& recipe, const Evidence& evidence, const LockedInputs& inputs,
                   const BuildOptions& options, const Places& places) {
  std::map<std::string, const deb::Download*> downloads;
  for (const auto& package : evidence.apt.packages) downloads[package.download.hash.text()] = &package.download;
  for (const auto& package : evidence.package_files.packages)
    downloads[package.download.hash.text()] = &package.download;
  for (const auto& [digest, download] : downloads) {
    auto locked = inputs.debs.find(digest);
    auto deb = locked != inputs.debs.end()
                   ? locked->second
                   : llb::http(download->uri, {.checksum = base::Digest::parse(digest), .filename = "deb"},
                               places.at(recipe.image.range, "[apt] keep " + download->name));
    std::string file = locked != inputs.debs.end() ? inputs.file_names.at(digest) : "deb";
    Ref ref = gateway.solve({.definition = llb::marshal(deb), .evaluate = true}).ref;
    if (auto bytes = gateway.read_file(ref, "/" + file, max_package_bytes))
      options.keep(options.platform, *download, std::move(*bytes));
  }
}

/// What the lock says of the same base, else what the caller finds out while the image is built.
std::future<std::string> base_manifest_digest(const BuildOptions& options, const std::string& canonical_name,
                                              bool wanted) {
  const bool locked = options.lock && options.lock->base_image.canonical_name == canonical_name;
  if (locked || !wanted || !options.manifest_digest || canonical_name == "scratch") {
    std::promise<std::string> known;
    known.set_value(locked ? options.lock->base_image.manifest_digest : "");
    return known.get_future();
  }
  return std::async(std::launch::async, [&] { return options.manifest_digest(canonical_name, options.platform); });
}

}  // namespace

Built build_image(Gateway& gateway, const recipe::Recipe& recipe, const BuildOptions& options) {
  Places places(recipe, options.no_cache);
  std::string locked = options.lock ? locked_base(recipe, *options.lock) : "";
  const bool bill = options.bill || options.label_bill || options.lock || options.policy || !recipe.policy.empty();
  BaseImage base = read_base_image(gateway, recipe, options.platform, options.resolve, locked,
                                   bill ? Contents::read : Contents::unread, options.context.base);
  auto epoch = choose_epoch(options, base);
  auto manifest_digest = base_manifest_digest(options, base.canonical_name, bill);

  Evidence evidence{recipe, base, options.platform, epoch};
  Installation installed{base.tree, {}, ""};
  LockedInputs inputs;
  LockedBlocks locked_blocks;
  if (options.lock) {
    evidence.lock = options.lock;
    evidence.apt = locked_plan(recipe, *options.lock);
    locked_blocks = locked_package_blocks(recipe, *options.lock);
    inputs = find_inputs(gateway, recipe, *options.lock, locked_blocks, base, options.context, options.kept, places);
    installed = install_packages(recipe, base, evidence.apt, inputs, options.platform, options.hosts, epoch, places);
  } else if (!recipe.image.apt.empty()) {
    auto keys = fetch_keys(gateway, recipe, base, options.platform, options.hosts, places);
    for (const auto& block : recipe.image.apt)
      for (const auto& key : block.keys) evidence.keys.push_back({key.name.value, keys.at(key.uri.value)});
    AptSetup setup =
        apt_setup(recipe, recipe.image.apt, recipe.image.apt.front().range, base.repositories, base.os, keys);
    for (const auto& warning : setup.warnings) gateway.warn("", warning, "");
    Resolution resolution = resolve_packages(gateway, recipe, base, setup, options.platform, options.hosts, places);
    evidence.apt = std::move(resolution.plan);
    evidence.releases = std::move(resolution.releases);
    installed = install_packages(recipe, base, evidence.apt, {}, options.platform, options.hosts, epoch, places);
  }

  evidence.package_files = options.lock ? locked_package_files(gateway, recipe, base, locked_blocks, inputs,
                                                               options.platform, options.resolve, places)
                                        : resolve_package_files(gateway, recipe, base, options.platform,
                                                                options.resolve, options.hosts, places);
  // A Debian has what hashing takes; the base's own tools, before any file of the recipe could replace them.
  const Tools tools = choose_tools(gateway, base.has_dpkg ? base.tree : evidence.package_files.tools,
                                   base.has_dpkg ? base.canonical_name : "", options.platform,
                                   places.at(recipe.image.range, "[bill] tools"));
  Files files = add_files(gateway, recipe, installed.tree, options.context, evidence.package_files, options.platform,
                          epoch, places);
  Ref final_ref;
  // The image and its evidence are made side by side.
  std::future<std::optional<Account>> accounted;
  if (bill && base.has_dpkg)
    accounted = std::async(std::launch::async, [&] {
      return account_for(gateway, installed.tree, tools,
                         places.at(recipe.image.range, "[bill] account for every path"));
    });
  try {
    std::future<TreeDigests> hashed;
    if (bill)
      hashed = std::async(std::launch::async, [&] {
        return digest_files(gateway, files.declared, tools, "the files",
                            places.at(file_blocks(recipe), "[bill] hash the files"));
      });
    final_ref = gateway.solve({.definition = llb::marshal(files.tree), .evaluate = true}).ref;
    if (bill) {
      TreeDigests digests = hashed.get();
      evidence.files = file_evidence(recipe, digests.files);
      evidence.declared_others = std::move(digests.others);
    } else {
      check_files(gateway, recipe, final_ref);
    }
  } catch (const base::Error& error) {
    if (error.kind() == base::Kind::failed || error.kind() == base::Kind::not_found)
      explain_missing_files(gateway, recipe, files);
    throw;
  }
  Built built;
  built.epoch = epoch;
  std::vector<std::string> layers = files.layers;
  if (!installed.layer.empty()) layers.insert(layers.begin(), installed.layer);
  oci::ImageConfig config = image_config(base.config, recipe.image, options.platform, epoch, layers);
  if (bill) {
    evidence.tarball_digests =
        tarball_digests(recipe, digest_files(gateway, files.tarballs, tools, "the tarballs",
                                             places.at(tarball_blocks(recipe), "[bill] hash the tarballs"))
                                    .files);
    read_copyrights(gateway, recipe, evidence.package_files, options.platform, places);
    evidence.dockerfile_digests = files.dockerfile_digests;
    evidence.images = files.images;
    evidence.changes = read_changes(gateway, installed.report);
    if (base.has_dpkg) evidence.account = accounted.get();
    if (evidence.account) evidence.owned = owners(*evidence.account);
    built.bill = make_bill(evidence);
    built.bill.base_image.manifest_digest = manifest_digest.get();
    if (options.lock && options.same_files) check_locked_files(*options.lock, built.bill.changeset.files);
    if (options.label_bill) config.labels[bom::digest_label] = base::sha256(bom::to_yaml(built.bill)).text();
    hcl::Diagnostics violations;
    check_policy(recipe, recipe.policy, "the recipe's policy", built.bill, config, violations);
    if (options.policy) check_policy(recipe, *options.policy, "source.policy", built.bill, config, violations);
    violations.throw_if_errors();
  }
  if (options.keep) keep_packages(gateway, recipe, evidence, inputs, options, places);
  if (bill) built.page = page_details(std::move(evidence));
  Result::Image image;
  image.ref = final_ref;
  image.config = oci::write(config);
  image.base_config = base.config_json;
  built.result.images[options.platform.text()] = std::move(image);
  // The layers' files have that time already; the image's config and history get it from here.
  built.result.metadata["source.date.epoch"] = std::to_string(epoch.time_since_epoch().count());
  return built;
}

}  // namespace frontend
