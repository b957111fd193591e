#include "core/frontend/lock.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>
#include <set>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"

namespace frontend {
namespace {

constexpr std::size_t fetches_at_a_time = 8;

std::string bare(const std::string& name) { return name.substr(0, name.find(':')); }

/// The packages to install; of others only files are taken.
std::vector<const bom::Package*> installed(const bom::Bill& lock) {
  std::vector<const bom::Package*> out;
  for (const auto& package : lock.changeset.packages)
    if (package.state != bom::files_only) out.push_back(&package);
  return out;
}

PlannedPackage planned(const bom::Package& package) {
  PlannedPackage out;
  out.binary.name = package.name;
  out.binary.version = package.version;
  out.binary.architecture = package.architecture;
  out.download.uri = package.location->uri;
  out.download.name = package.location->name;
  out.download.hash = deb::parse_hash(package.location->digest);
  out.download.size = package.location->size.value_or(0);
  out.requested = package.requested.value_or(false);
  out.chain = package.requested_by;
  return out;
}

/// "2024-05-11T09:20:15Z" as the snapshots have it: "20240511T092015Z".
std::string snapshot_time(std::string date) {
  std::erase_if(date, [](char c) { return c == '-' || c == ':'; });
  return date;
}

/// The last part of an archive's URI: "debian", "debian-security".
std::string_view archive_name(std::string_view uri) {
  while (uri.ends_with('/')) uri.remove_suffix(1);
  return uri.substr(uri.rfind('/') + 1);
}

std::string with_slash(const std::string& uri) { return uri + (uri.ends_with('/') ? "" : "/"); }

/// One package's search: what it tried, and the tree with the .deb when it found it.
struct Search {
  llb::Output deb;
  std::string file_name;
  std::vector<std::string> tried;
  bool found = false;
};

}  // namespace

std::string locked_base(const recipe::Recipe& recipe, const bom::Bill& lock) {
  const std::string& locked = lock.base_image.canonical_name;
  if (recipe.image.scratch && locked == "scratch") return locked;
  auto at = locked.find('@');
  bool same = !recipe.image.scratch && at != std::string::npos &&
              (recipe.image.base.value == locked || recipe.image.base.value == locked.substr(0, at));
  if (!same)
    throw recipe::error_at(
        recipe, recipe.image.base.range,
        "base image " + base::quoted(recipe.image.base.value) + " is not the lock's, " + base::quoted(locked))
        .fix("build without the lock to take another base, and lock again");
  return locked;
}

AptPlan locked_plan(const recipe::Recipe& recipe, const bom::Bill& lock) {
  AptPlan plan;
  std::set<std::string> asked;
  for (const auto* package : installed(lock)) {
    if (!package->location || !package->location->digest.starts_with("sha256:"))
      throw base::Error(base::Kind::invalid, "the lock does not say by SHA256 which .deb package " +
                                                 base::quoted(package->name) + " " + package->version + " is")
          .fix("lock with a bill that this program wrote");
    plan.packages.push_back(planned(*package));
  }
  for (const auto& block : recipe.image.apt)
    for (const auto& package : block.packages) {
      std::string name = bare(package.name.value);
      asked.insert(name);
      const bom::Package* locked = nullptr;
      for (const auto* list : {&lock.changeset.packages, &lock.base_image.packages})
        for (const auto& one : *list)
          if (!locked && one.name == name) locked = &one;
      if (!locked)
        throw recipe::error_at(recipe, package.name.range, "the lock has no package " + base::quoted(name))
            .fix("build without the lock, and lock again");
      if (package.version && package.version->value != locked->version)
        throw recipe::error_at(recipe, package.version->range,
                               "the lock has package " + base::quoted(name) + " at " + base::quoted(locked->version) +
                                   ", not at " + base::quoted(package.version->value))
            .fix("build without the lock, and lock again");
    }
  for (const auto* package : installed(lock))
    if (package->requested == true && !asked.contains(package->name))
      throw recipe::error_at(recipe, recipe.image.range,
                             "the lock has package " + base::quoted(package->name) + ", the recipe does not ask for it")
          .fix("build without the lock, and lock again");
  return plan;
}

LockedBlocks locked_package_blocks(const recipe::Recipe& recipe, const bom::Bill& lock) {
  LockedBlocks out;
  for (const auto& file : recipe.image.files) {
    const auto* from = std::get_if<recipe::FromPackage>(&file.origin);
    if (!from) continue;
    const std::string& path = file.destination.value;
    const bom::PackageOrigin* origin = nullptr;
    // Another block may put files into the same directory: what comes out of this package counts first.
    for (const auto& one : lock.changeset.files) {
      if (one.path != path && !(file.directory && one.path.starts_with(path == "/" ? path : path + "/"))) continue;
      const auto* found = std::get_if<bom::PackageOrigin>(&one.origin);
      if (found && (!origin || found->package == bare(from->name.value))) origin = found;
    }
    auto refuse = [&](hcl::Range place, const std::string& what) {
      return recipe::error_at(recipe, place, what).fix("build without the lock, and lock again");
    };
    if (!origin)
      throw refuse(file.destination.range, "the lock has no file " + base::quoted(path) + " out of a package");
    if (origin->package != bare(from->name.value))
      throw refuse(from->name.range, "the lock has file " + base::quoted(path) + " out of package " +
                                         base::quoted(origin->package) + ", not out of " +
                                         base::quoted(from->name.value));
    if (from->version && from->version->value != origin->version)
      throw refuse(from->version->range, "the lock has package " + base::quoted(origin->package) + " at " +
                                             base::quoted(origin->version) + ", not at " +
                                             base::quoted(from->version->value));
    const auto& packages = lock.changeset.packages;
    auto package = std::find_if(packages.begin(), packages.end(), [&](const bom::Package& one) {
      return one.name == origin->package && one.version == origin->version &&
             one.architecture == origin->architecture && one.location;
    });
    if (package == packages.end())
      throw refuse(from->name.range,
                   "the lock has no package " + base::quoted(origin->package) + " at " + base::quoted(origin->version));
    out[from] = &*package;
  }
  return out;
}

void check_locked_files(const bom::Bill& lock, const std::vector<bom::File>& files) {
  std::map<std::string_view, const bom::File*> locked;
  for (const auto& file : lock.changeset.files) locked[file.path] = &file;
  for (const auto& file : files) {
    auto old = locked.find(file.path);
    if (old == locked.end() || old->second->source != file.source || old->second->digest == file.digest) continue;
    throw base::Error(base::Kind::corrupt, "file " + base::quoted(file.path) + " has the digest " + file.digest +
                                               ", the lock has " + old->second->digest + " of the same source")
        .fix("make its build reproducible, or give the ref that it was really made from");
  }
}

std::vector<std::string> other_places(const bom::Bill& lock, const bom::Location& location,
                                      const std::vector<deb::Repository>& more) {
  std::vector<std::string> out;
  auto add = [&](std::string uri) {
    if (uri != location.uri && std::find(out.begin(), out.end(), uri) == out.end()) out.push_back(std::move(uri));
  };
  auto pool = location.uri.find("/pool/");
  if (pool == std::string::npos) return out;
  std::string below = location.uri.substr(pool + 1);
  for (const auto& repository : lock.apt.repositories) add(with_slash(repository.uri) + below);
  for (const auto& repository : more)
    if (repository.remote()) add(with_slash(repository.uri) + below);
  if (lock.base_image.os != "debian") return out;
  const std::string snapshot(snapshots);
  for (const auto& repository : lock.apt.repositories)
    if (!repository.date.empty())
      add(snapshot + "archive/" + std::string(archive_name(repository.uri)) + "/" + snapshot_time(repository.date) +
          "/" + below);
  if (!location.sha1.empty()) add(snapshot + "file/" + location.sha1);
  return out;
}

LockedInputs find_inputs(Gateway& gateway, const recipe::Recipe& recipe, const bom::Bill& lock,
                         const LockedBlocks& blocks, const BaseImage& base, const BuildContext& context,
                         const KeptInput& kept, const Places& places) {
  auto wanted = installed(lock);
  std::vector<hcl::Range> asked;  // by whom in the recipe
  for (const auto* package : wanted) asked.push_back(asked_at(recipe, planned(*package)));
  for (const auto& [block, package] : blocks) {
    if (std::find(wanted.begin(), wanted.end(), package) != wanted.end()) continue;
    wanted.push_back(package);
    asked.push_back(block->name.range);
  }
  std::vector<Search> searches(wanted.size());
  std::mutex kept_mutex;
  auto search = [&](std::size_t i) {
    const auto& package = *wanted[i];
    const auto& location = *package.location;
    Search& out = searches[i];
    base::Digest digest = base::Digest::parse(location.digest);
    out.file_name = package.name + "_" + package.architecture + ".deb";
    std::vector<std::string> uris = other_places(lock, location, base.repositories);
    uris.insert(uris.begin(), location.uri);
    for (const auto& uri : uris) {
      out.tried.push_back(uri);
      try {
        out.deb = llb::http(uri, {.checksum = digest, .filename = out.file_name},
                            places.at(asked[i], "[apt] fetch " + location.name));
        gateway.solve({.definition = llb::marshal(out.deb), .evaluate = true});
        out.found = true;
        return;
      } catch (const base::Error& error) {
        if (error.kind() == base::Kind::cancelled) throw;
      }
    }
    std::scoped_lock lock_kept(kept_mutex);
    std::string file = kept ? kept(digest) : "";
    if (file.empty()) return;
    llb::LocalOptions options{.session = context.session, .include = {file}, .shared_key_hint = "kept-" + file};
    out.deb = llb::local("kept", options, places.at(asked[i], "[apt] kept " + location.name));
    out.file_name = file;
    out.found = true;
  };

  std::atomic<std::size_t> next = 0;
  std::vector<std::future<void>> workers;
  for (std::size_t i = 0; i < std::min(fetches_at_a_time, searches.size()); i++)
    workers.push_back(std::async(std::launch::async, [&] {
      for (std::size_t at = next++; at < searches.size(); at = next++) search(at);
    }));
  for (auto& worker : workers) worker.wait();
  for (auto& worker : workers) worker.get();

  LockedInputs inputs;
  base::Error missing(base::Kind::not_found, "packages of the lock are nowhere to be had");
  for (std::size_t i = 0; i < searches.size(); i++) {
    const std::string& digest = wanted[i]->location->digest;
    if (!searches[i].found)
      missing.note(base::quoted(wanted[i]->name) + " " + wanted[i]->version + " (" + digest + "), tried " +
                   base::printable(base::join(searches[i].tried, ", ")));
    inputs.debs[digest] = searches[i].deb;
    inputs.file_names[digest] = searches[i].file_name;
  }
  if (!missing.notes().empty())
    throw missing.fix(
        "put with keep_inputs: true keeps the packages beside the image; without the lock newer ones are "
        "taken");
  return inputs;
}

}  // namespace frontend
