#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/deb/apt_output.h"
#include "core/deb/packages_index.h"
#include "core/frontend/apt_plan.h"
#include "core/frontend/base_image.h"
#include "core/frontend/hosts.h"
#include "core/frontend/locked_inputs.h"
#include "core/frontend/place.h"
#include "core/frontend/release.h"

namespace frontend {

/// A Debian package that single files are taken out of, without being installed.
struct FilePackage {
  deb::BinaryPackage binary;
  deb::Download download;                   ///< pinned by SHA256
  deb::SourceDownloads sources;             ///< .dsc first; never empty
  llb::Output tree = {};                    ///< what it holds, as dpkg would put it
  llb::Output image = {};                   ///< the Debian whose apt was asked
  std::optional<std::size_t> release = {};  ///< the archive it is from, by index of PackageFiles::releases
  std::string copyright = {};               ///< its copyright file; read_copyrights fills it in
};

/// The packages of a recipe's from_package blocks.
struct PackageFiles {
  std::vector<FilePackage> packages;                       ///< each once
  std::map<const recipe::FromPackage*, std::size_t> used;  ///< which one a block means
  llb::Output tools;                                       ///< a Debian tree, scratch when there are no such blocks
  std::vector<Release> releases;                           ///< the archives that were asked
  std::vector<BaseImage::Keyring> keyrings;                ///< by which they were trusted
};

/// Asks the apt of the base, or of the image that the block names, for the exact packages, and lays out trees of what
/// they hold; nothing of apt reaches the image. Nothing is unpacked yet.
/// Throws with the block's place: no such package or version, no source for it, an image without apt.
PackageFiles resolve_package_files(Gateway& gateway, const recipe::Recipe& recipe, const BaseImage& base,
                                   const name::Platform& platform, Gateway::ResolveMode mode, const Hosts& hosts,
                                   const Places& places);

/// The same out of a lock: no apt is asked, only the tree of its image is used to unpack what `inputs` hold.
PackageFiles locked_package_files(Gateway& gateway, const recipe::Recipe& recipe, const BaseImage& base,
                                  const LockedBlocks& blocks, const LockedInputs& inputs,
                                  const name::Platform& platform, Gateway::ResolveMode mode, const Places& places);

/// Reads the packages' copyright files out of their trees, on the engine; of a package that keeps its own in another
/// one of the same source, out of that, when it was asked for too or is in the image that was asked. One that is
/// nowhere stays empty.
void read_copyrights(Gateway& gateway, const recipe::Recipe& recipe, PackageFiles& files,
                     const name::Platform& platform, const Places& places);

/// The packages that `wanted` ask for, in that order, without trees, each with its archive among `releases`; of
/// `answers` the plan is not looked at. Throws as resolve_package_files; corrupt when the answers contradict each
/// other.
std::vector<FilePackage> read_package_answers(const AptAnswers& answers, const recipe::Recipe& recipe,
                                              const std::vector<const recipe::FromPackage*>& wanted,
                                              const std::vector<Release>& releases = {});

}  // namespace frontend
