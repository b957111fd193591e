#include "core/frontend/apt_install.h"

#include <algorithm>
#include <tuple>

#include "core/base/digest.h"
#include "core/frontend/apt_scripts.h"
#include "core/llb/exec.h"
#include "core/llb/file.h"

namespace frontend {

Installation install_packages(const recipe::Recipe& recipe, const BaseImage& base, const AptPlan& plan,
                              const LockedInputs& found, const name::Platform& platform, const Hosts& hosts,
                              std::chrono::sys_seconds epoch, const Places& places) {
  if (plan.packages.empty()) return {base.tree, {}, ""};
  std::vector<hcl::Range> blocks;
  for (const auto& block : recipe.image.apt) blocks.push_back(block.range);
  llb::FileTime no_time{};
  std::vector<llb::FileAction> files = {llb::mkfile("/apt.conf", std::string(apt_conf), {.time = no_time}),
                                        llb::mkfile("/install.sh", std::string(install_script), {.time = no_time}),
                                        llb::mkfile("/sources.list", "", {.time = no_time}),
                                        llb::mkfile("/preferences", "", {.time = no_time})};
  bool observe = std::any_of(recipe.image.apt.begin(), recipe.image.apt.end(),
                             [](const recipe::Apt& block) { return block.observe.value; });
  if (observe) files.push_back(llb::mkfile("/dpkg", std::string(observing_dpkg), {.mode = 0755, .time = no_time}));
  llb::Output input = llb::file(llb::scratch(), files, places.at(blocks, "[apt] configuration"));
  llb::ExecOptions options;
  options.args = {"/bin/sh", "/tmp/in/install.sh"};
  for (const auto& entry : base.config.env)
    if (entry.starts_with("PATH=")) options.env.push_back(entry);
  options.env.push_back("SOURCE_DATE_EPOCH=" + std::to_string(epoch.time_since_epoch().count()));
  if (observe) options.env.push_back("ESTALEIRO_OBSERVE=1");
  options.network = llb::Network::none;
  options.platform = llb::Platform{platform.os(), platform.architecture(), platform.variant()};
  // Logs and the loader's cache of inodes differ from build to build.
  options.mounts = {llb::tmpfs_mount("/tmp"), llb::bind_mount("/tmp/in", input), llb::output_mount("/tmp/out"),
                    llb::tmpfs_mount("/var/log"), llb::tmpfs_mount("/var/cache/ldconfig")};
  // In one order, whether apt or a lock made the plan: the engine knows the step again.
  std::vector<const PlannedPackage*> sorted;
  for (const auto& package : plan.packages) sorted.push_back(&package);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
    return std::tie(a->binary.name, a->binary.architecture) < std::tie(b->binary.name, b->binary.architecture);
  });
  for (const PlannedPackage* one : sorted) {
    const PlannedPackage& package = *one;
    // Named without version: apt would take a "%3a" of an epoch in a path for an escaped colon.
    std::string file = package.binary.name + "_" + package.binary.architecture + ".deb";
    std::string digest = package.download.hash.text();
    if (auto deb = found.debs.find(digest); deb != found.debs.end()) {
      options.mounts.push_back(llb::bind_mount("/tmp/debs/" + file, deb->second, found.file_names.at(digest)));
      continue;
    }
    llb::Output deb = fetch(package.download.uri, base::Digest::parse(digest), file, hosts, base, platform,
                            places.at(asked_at(recipe, package), "[apt] fetch " + package.download.name));
    options.mounts.push_back(llb::bind_mount("/tmp/debs/" + file, deb, file));
  }
  auto count = plan.packages.size();
  const std::string title = "install " + std::to_string(count) + (count == 1 ? " package" : " packages");
  auto metadata = places.at(blocks, "[apt] " + title);
  llb::Exec install = llb::exec(base.tree, options, metadata);
  return {install.root(), install.output("/tmp/out"), title};
}

}  // namespace frontend
