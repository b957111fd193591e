#include "core/frontend/evidence.h"

#include <algorithm>

#include "core/base/digest.h"
#include "core/deb/in_release.h"
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

/// The repository that apt took a package from: it names "Label:Version/Suite" of the Release file. When two archives
/// carry the same version, the one whose URI the .deb's begins with.
std::optional<std::size_t> repository_of(const PlannedPackage& planned, const std::vector<Release>& releases) {
  for (std::size_t i = 0; i < releases.size(); i++) {
    if (releases[i].repository.type != deb::Repository::Type::deb || releases[i].in_release.empty()) continue;
    deb::InRelease state = deb::parse_in_release(releases[i].in_release);
    std::string origin = state.label + ":" + state.version + "/" + state.suite;
    bool named = std::find(planned.origins.begin(), planned.origins.end(), origin) != planned.origins.end();
    if (named && planned.download.uri.starts_with(releases[i].repository.uri)) return i;
  }
  return std::nullopt;
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
  bom::Location location;
  location.uri = planned.download.uri;
  location.digest = planned.download.hash.text();
  location.name = planned.download.name;
  location.size = planned.download.size;
  out.location = location;
  for (const auto& file : planned.sources)
    out.sources.push_back(bom::SourceFile{file.uri, file.hash.text(), file.name, file.size});
  if (planned.vcs) out.sources.push_back(bom::Git{planned.vcs->vcs->repository.value, planned.vcs->vcs->ref.value});
  return out;
}

bom::Repository repository(const Release& release) {
  bom::Repository out;
  out.uri = release.repository.uri;
  out.suite = release.repository.suite;
  out.components = release.repository.components;
  if (release.in_release.empty()) return out;
  deb::InRelease state = deb::parse_in_release(release.in_release);
  out.codename = state.codename;
  out.date = deb::to_rfc3339(state.date);
  if (state.valid_until) out.valid_until = deb::to_rfc3339(*state.valid_until);
  out.in_release_digest = base::sha256(release.in_release).text();
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
void add_file_packages(bom::Bill& bill, const std::vector<FilePackage>& packages) {
  auto& changed = bill.changeset.packages;
  for (const auto& package : packages) {
    bom::Package out;
    out.name = package.binary.name;
    out.version = package.binary.version;
    out.source_package = package.binary.source_field;
    out.architecture = package.binary.architecture;
    out.source = package.binary.source;
    out.built_using = package.binary.built_using;
    out.state = bom::files_only;
    out.requested = true;
    out.location.emplace();
    out.location->uri = package.download.uri;
    out.location->digest = package.download.hash.text();
    out.location->name = package.download.name;
    out.location->size = package.download.size;
    for (const auto& file : package.sources)
      out.sources.push_back(bom::SourceFile{file.uri, file.hash.text(), file.name, file.size});
    const bool there = std::any_of(changed.begin(), changed.end(), [&](const bom::Package& other) {
      return other.name == out.name && other.version == out.version && other.architecture == out.architecture;
    });
    if (!there) changed.push_back(std::move(out));
  }
}

}  // namespace

bom::Bill make_bill(const Evidence& evidence) {
  bom::Bill bill;
  bill.product_name = evidence.recipe.image.name.value;
  bill.base_image.canonical_name = evidence.base.canonical_name;
  bill.base_image.os = evidence.base.os.id;
  bill.base_image.version = evidence.base.os.version_id;
  bill.base_image.codename = evidence.base.os.version_codename;
  for (const auto& installed : evidence.base.packages.installed)
    bill.base_image.packages.push_back(base_package(installed));

  bill.image.platform = evidence.platform.text();
  bill.image.created = rfc3339(evidence.created);
  for (const auto& release : evidence.releases) bill.apt.repositories.push_back(repository(release));
  std::size_t next_key = 0;
  for (const auto& block : evidence.recipe.image.apt)
    for (const auto& key : block.keys) {
      const std::string& content = evidence.keys.at(next_key++).content;
      bill.apt.keys.push_back({key.name.value, key.uri.value, base::sha256(content).text(), {}, {}});
    }

  for (const auto& planned : evidence.apt.packages) {
    bom::Package package = changed_package(planned);
    package.location->repository = repository_of(planned, evidence.releases);
    bill.changeset.packages.push_back(std::move(package));
  }
  add_file_packages(bill, evidence.package_files.packages);
  for (const auto& removed : evidence.apt.removed)
    if (const auto* installed = evidence.base.packages.find(removed.name))
      bill.changeset.removed.packages.push_back(base_package(*installed));
  bill.changeset.removed.paths = evidence.removed_paths;
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
  bom::sort(bill);
  return bill;
}

}  // namespace frontend
