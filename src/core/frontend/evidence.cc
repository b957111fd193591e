#include "core/frontend/evidence.h"

#include <algorithm>
#include <memory>
#include <set>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/bom/license.h"
#include "core/deb/in_release.h"
#include "core/deb/openpgp.h"
#include "core/frontend/coverage.h"
#include "core/frontend/image_config.h"

namespace frontend {
namespace {

bom::Package base_package(const deb::InstalledPackage& installed) {
  bom::Package out;
  out.name = installed.name;
  out.version = installed.version;
  out.source_package = installed.source_field;
  out.architecture = installed.architecture;
  out.source = installed.source;
  if (installed.state != deb::State::installed) out.state = deb::to_string(installed.state);
  out.built_using = installed.built_using;
  return out;
}

/// A repository with what its Release file says.
struct Archive {
  Release release;
  std::optional<deb::InRelease> state;  ///< none of a repository without that file

  explicit Archive(const Release& from) : release(from) {
    if (!release.in_release.empty()) state = deb::parse_in_release(release.in_release);
  }
};

/// The repository that apt took a package from: it names "Label:Version/Suite" of the Release file. When two archives
/// carry the same version, the one whose URI the .deb's begins with.
std::optional<std::size_t> repository_of(const PlannedPackage& planned, const std::vector<Archive>& archives) {
  for (std::size_t i = 0; i < archives.size(); i++) {
    const auto& [release, state] = archives[i];
    if (release.repository.type != deb::Repository::Type::deb || !state) continue;
    std::string origin = state->label + ":" + state->version + "/" + state->suite;
    bool named = std::find(planned.origins.begin(), planned.origins.end(), origin) != planned.origins.end();
    if (named && planned.download.uri.starts_with(release.repository.uri)) return i;
  }
  return std::nullopt;
}

bom::Location location(const deb::Download& download) {
  bom::Location out;
  out.uri = download.uri;
  out.digest = download.hash.text();
  out.name = download.name;
  out.size = download.size;
  return out;
}

std::vector<bom::Source> source_files(const deb::SourceDownloads& downloads) {
  std::vector<bom::Source> out;
  for (const auto& file : downloads) out.push_back(bom::SourceFile{file.uri, file.hash.text(), file.name, file.size});
  return out;
}

bom::Package changed_package(const PlannedPackage& planned) {
  bom::Package out;
  out.name = planned.binary.name;
  out.version = planned.binary.version;
  out.source_package = planned.binary.source_field;
  out.architecture = planned.binary.architecture;
  out.source = planned.binary.source;
  out.built_using = planned.binary.built_using;
  out.replaces = planned.replaces;
  out.requested = planned.requested;
  if (!planned.requested) out.requested_by = planned.chain;
  out.location = location(planned.download);
  out.sources = source_files(planned.sources);
  if (planned.vcs) out.sources.push_back(bom::Git{planned.vcs->vcs->repository.value, planned.vcs->vcs->ref.value});
  return out;
}

bom::Repository repository(const Archive& archive) {
  const auto& [release, state] = archive;
  bom::Repository out;
  out.uri = release.repository.uri;
  out.suite = release.repository.suite;
  out.components = release.repository.components;
  if (!state) return out;
  out.codename = state->codename;
  out.date = deb::to_rfc3339(state->date);
  if (state->valid_until) out.valid_until = deb::to_rfc3339(*state->valid_until);
  out.in_release_digest = base::sha256(release.in_release).text();
  for (const auto& path : release.indexes)
    if (const auto* index = state->find(path)) out.indexes.push_back({path, index->size, "sha256:" + index->sha256});
  return out;
}

/// A key file, and the keys in it.
struct KnownKey {
  bom::Key file;
  std::vector<deb::PublicKey> keys;
};

KnownKey known_key(const std::string& name, const std::string& uri, const std::string& content) {
  KnownKey out;
  out.file = {name, uri, base::sha256(content).text(), {}, {}};
  out.keys = base::within("reading key " + base::quoted(name), [&] { return deb::parse_keys(content); });
  return out;
}

/// Whether apt may have verified `issuer`'s signature with one of these.
bool knows(const std::vector<KnownKey>& known, const std::string& issuer) {
  for (const auto& file : known)
    for (const auto& key : file.keys)
      if (key.has(issuer)) return true;
  return false;
}

/// All archives that packages come from: those of the installation, then those that files' packages were looked up in.
struct Archives {
  std::vector<Archive> all;
  std::vector<std::size_t> of_files;  ///< by index of PackageFiles::releases, where it is in `all`
};

Archives archives(const Evidence& evidence) {
  Archives out{{evidence.releases.begin(), evidence.releases.end()}, {}};
  for (const auto& release : evidence.package_files.releases) {
    auto same = std::find_if(out.all.begin(), out.all.end(), [&](const auto& one) { return one.release == release; });
    out.of_files.push_back(static_cast<std::size_t>(same - out.all.begin()));
    if (same == out.all.end()) out.all.emplace_back(release);
  }
  return out;
}

/// The keyrings of the base and of the images that were asked for packages, each once.
std::vector<BaseImage::Keyring> keyrings(const Evidence& evidence) {
  std::vector<BaseImage::Keyring> out = evidence.base.keyrings;
  for (const auto& keyring : evidence.package_files.keyrings)
    if (std::find(out.begin(), out.end(), keyring) == out.end()) out.push_back(keyring);
  return out;
}

/// Repositories and keys: of the recipe's key files all keys, of the images' keyrings those that signed an archive.
bom::Apt apt(const Evidence& evidence, const std::vector<Archive>& archives) {
  bom::Apt out;
  std::vector<KnownKey> known;
  for (const auto& block : evidence.recipe.image.apt)
    for (const auto& key : block.keys)
      known.push_back(known_key(key.name.value, key.uri.value, evidence.keys.at(known.size()).content));
  const std::size_t of_recipe = known.size();
  for (const auto& keyring : keyrings(evidence)) {
    try {
      known.push_back(known_key(keyring.path, "", keyring.content));
    } catch (const base::Error&) {
      // GnuPG's own format, or an empty file: apt does not read it either.
    }
  }

  std::set<std::string> signers;
  for (const auto& archive : archives) {
    out.repositories.push_back(repository(archive));
    if (!archive.state) continue;
    // apt has verified the file, and refuses it when the signature of a key that it knows is bad.
    for (const auto& issuer : deb::signature_issuers(archive.release.in_release)) {
      if (!knows(known, issuer)) continue;
      out.repositories.back().signatures.push_back(issuer);
      signers.insert(issuer);
    }
  }
  for (std::size_t i = 0; i < known.size(); i++)
    for (const auto& key : known[i].keys) {
      auto signed_one = [&](const std::string& signer) { return key.has(signer); };
      if (i >= of_recipe && std::none_of(signers.begin(), signers.end(), signed_one)) continue;
      bom::Key described = known[i].file;
      described.fingerprints = {key.fingerprint};
      described.fingerprints.insert(described.fingerprints.end(), key.subkeys.begin(), key.subkeys.end());
      for (const auto& id : key.user_ids) described.user_ids.push_back(base::printable(id));
      out.keys.push_back(std::move(described));
    }
  return out;
}

bom::Origin origin(const Evidence& evidence, const FileEvidence& file) {
  // A directory stands for its files: what is below DEST lies at the same place below the origin's path.
  std::string below = file.path.substr(std::min(file.file->destination.value.size(), file.path.size()));
  if (const auto* tarball = std::get_if<recipe::FromTarball>(&file.file->origin))
    return bom::TarballOrigin{tarball->tarball.value, evidence.tarball_digests.at(tarball->index),
                              tarball->path.value + below};
  if (const auto* step = std::get_if<recipe::FromStep>(&file.file->origin)) {
    const auto& declared = evidence.recipe.steps.at(step->index);
    return bom::StepOrigin{step->step.value, declared.dockerfile.value, evidence.dockerfile_digests.at(step->index),
                           declared.target ? declared.target->value : "", step->path.value + below};
  }
  if (const auto* image = std::get_if<recipe::FromImage>(&file.file->origin))
    return bom::ImageOrigin{evidence.images.at(file.file), image->path.value + below};
  if (const auto* url = std::get_if<recipe::FromUrl>(&file.file->origin))
    return bom::UrlOrigin{url->uri.value, url->digest.value};
  if (const auto* from = std::get_if<recipe::FromPackage>(&file.file->origin)) {
    const auto& package = evidence.package_files.packages.at(evidence.package_files.used.at(from)).binary;
    return bom::PackageOrigin{package.name, package.version, package.architecture, from->path.value + below};
  }
  if (const auto* context = std::get_if<recipe::FromContext>(&file.file->origin))
    return bom::ContextOrigin{context->path.value + below};
  return bom::ContextOrigin{std::get<recipe::FromGit>(file.file->origin).path.value + below};
}

/// The packages that only files were taken from; one that is installed at the same version is there already.
void add_file_packages(bom::Bill& bill, const Evidence& evidence, const Archives& archives) {
  auto& changed = bill.changeset.packages;
  for (const auto& package : evidence.package_files.packages) {
    bom::Package out;
    out.name = package.binary.name;
    out.version = package.binary.version;
    out.source_package = package.binary.source_field;
    out.architecture = package.binary.architecture;
    out.source = package.binary.source;
    out.built_using = package.binary.built_using;
    out.state = bom::files_only;
    out.requested = true;
    out.location = location(package.download);
    if (package.release) out.location->repository = archives.of_files.at(*package.release);
    out.sources = source_files(package.sources);
    const bool there = std::any_of(changed.begin(), changed.end(), [&](const bom::Package& other) {
      return other.name == out.name && other.version == out.version && other.architecture == out.architecture;
    });
    if (!there) changed.push_back(std::move(out));
  }
}

/// The copyright file of a package of the bill; nullptr where there is none. What is installed has it in the image,
/// what only gave files in its .deb.
const std::string* copyright_of(const bom::Package& package, const Evidence& evidence) {
  if (package.state == bom::files_only) {
    for (const auto& one : evidence.package_files.packages)
      if (one.binary.name == package.name && one.binary.version == package.version &&
          one.binary.architecture == package.architecture)
        return &one.copyright;
    return nullptr;
  }
  if (!evidence.account) return nullptr;
  auto file = evidence.account->copyrights.find(package.name);
  return file == evidence.account->copyrights.end() ? nullptr : &file->second;
}

/// The licence that each package's copyright file declares, and the texts that those need.
void add_licenses(bom::Bill& bill, const Evidence& evidence) {
  bom::LicenseCollector collector;
  std::map<const std::string*, std::string> declared;
  for (auto* packages : {&bill.base_image.packages, &bill.changeset.packages})
    for (auto& package : *packages) {
      const std::string* file = copyright_of(package, evidence);
      if (!file) continue;
      auto [at, fresh] = declared.try_emplace(file);
      if (fresh) at->second = collector.declared(package.name, *file);
      package.license = at->second;
    }
  bill.licenses = collector.take();
}

std::vector<TreePath> declared_paths(const Evidence& evidence) {
  std::vector<TreePath> out;
  for (const auto& file : evidence.files) out.push_back({file.path, 'f', file.mode, 0, ""});
  for (const auto& path : evidence.declared_others) out.push_back({path, 'l', 0, 0, ""});
  return out;
}

std::string origin_name(const FileEvidence& file) {
  if (const auto* tarball = std::get_if<recipe::FromTarball>(&file.file->origin))
    return "tarball " + tarball->tarball.value;
  if (const auto* step = std::get_if<recipe::FromStep>(&file.file->origin)) return "step " + step->step.value;
  return "the recipe";
}

/// What apt and the archives said when the lock was made; the packages' licences are read anew. `files` are those that
/// the recipe still takes files from.
void take_from_lock(bom::Bill& bill, const bom::Bill& lock, const PackageFiles& files) {
  std::map<std::pair<std::string, std::string>, const bom::Package*> of_base;
  for (const auto& package : lock.base_image.packages) of_base[{package.name, package.architecture}] = &package;
  for (auto& package : bill.base_image.packages) {
    auto locked = of_base.find({package.name, package.architecture});
    if (locked == of_base.end() || locked->second->version != package.version) continue;
    package.location = locked->second->location;
    package.sources = locked->second->sources;
  }
  bill.changeset.packages = lock.changeset.packages;
  std::erase_if(bill.changeset.packages, [&](const bom::Package& package) {
    auto used = [&](const FilePackage& one) {
      return one.binary.name == package.name && one.binary.version == package.version &&
             one.binary.architecture == package.architecture;
    };
    return package.state == bom::files_only && std::none_of(files.packages.begin(), files.packages.end(), used);
  });
  bill.changeset.removed.packages = lock.changeset.removed.packages;
  bill.apt = lock.apt;
}

}  // namespace

bom::Bill make_bill(const Evidence& evidence) {
  bom::Bill bill;
  bill.product_name = evidence.recipe.image.name.value;
  bill.base_image.canonical_name = evidence.base.canonical_name;
  bill.base_image.os = evidence.base.os.id;
  bill.base_image.version = evidence.base.os.version_id;
  bill.base_image.codename = evidence.base.os.version_codename;
  for (std::size_t i = 0; i < evidence.base.packages.installed.size(); i++) {
    bom::Package package = base_package(evidence.base.packages.installed[i]);
    if (i < evidence.apt.base.size()) {
      if (const auto& download = evidence.apt.base[i].download) package.location = location(*download);
      package.sources = source_files(evidence.apt.base[i].sources);
    }
    bill.base_image.packages.push_back(std::move(package));
  }

  const Archives known = archives(evidence);
  bill.image.platform = evidence.platform.text();
  bill.image.created = rfc3339(evidence.created);
  if (evidence.lock)
    take_from_lock(bill, *evidence.lock, evidence.package_files);
  else
    bill.apt = apt(evidence, known.all);

  for (const auto& planned : evidence.apt.packages) {
    if (evidence.lock) break;
    bom::Package package = changed_package(planned);
    package.location->repository = repository_of(planned, known.all);
    auto sha1 = evidence.changes.sha1.find(planned.binary.name + "_" + planned.binary.architecture + ".deb");
    if (sha1 != evidence.changes.sha1.end()) package.location->sha1 = sha1->second;
    bill.changeset.packages.push_back(std::move(package));
  }
  if (!evidence.lock) add_file_packages(bill, evidence, known);
  for (const auto& removed : evidence.apt.removed)
    if (const auto* installed = evidence.base.packages.find(removed.name))
      bill.changeset.removed.packages.push_back(base_package(*installed));
  bill.changeset.removed.paths = evidence.changes.gone;
  bill.changeset.removed.fresh = evidence.changes.fresh;
  for (const auto& file : evidence.files) {
    bom::File out;
    out.path = file.path;
    out.digest = file.digest;
    out.mode = file.mode;
    out.origin = origin(evidence, file);
    if (file.file->provenance)
      out.source = bom::Git{file.file->provenance->repository.value, file.file->provenance->ref.value};
    bill.changeset.files.push_back(std::move(out));
  }
  if (evidence.account)
    bill.coverage = cover(*evidence.account, evidence.owned, evidence.changes, declared_paths(evidence));
  add_licenses(bill, evidence);
  bom::sort(bill);
  return bill;
}

std::function<bom::PageDetails()> page_details(Evidence&& evidence) {
  struct Paths {
    std::optional<Account> account;
    PathOwners owned;
    Changes changes;
    std::map<std::string, std::string, std::less<>> declared;  // where each is from
  };
  auto paths = std::make_shared<Paths>(
      Paths{std::move(evidence.account), std::move(evidence.owned), std::move(evidence.changes), {}});
  for (const auto& file : evidence.files) paths->declared[file.path] = origin_name(file);
  return [paths] {
    bom::PageDetails out;
    if (paths->account) out.paths = paths_with_owners(*paths->account, paths->owned, paths->changes);
    std::erase_if(out.paths, [&](const auto& path) { return paths->declared.contains(path.path); });
    for (const auto& [path, origin] : paths->declared) out.paths.push_back({path, "declared", {origin}, 0});
    std::sort(out.paths.begin(), out.paths.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return out;
  };
}

}  // namespace frontend
