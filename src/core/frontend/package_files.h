#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/deb/apt_output.h"
#include "core/deb/packages_index.h"
#include "core/frontend/apt_plan.h"
#include "core/frontend/base_image.h"
#include "core/frontend/place.h"

namespace frontend {

/// A Debian package that single files are taken out of, without being installed.
struct FilePackage {
  deb::BinaryPackage binary;
  deb::Download download;        ///< pinned by SHA256
  deb::SourceDownloads sources;  ///< .dsc first; never empty
  llb::Output tree;              ///< what it holds, as dpkg would put it
};

/// The packages of a recipe's from_package blocks.
struct PackageFiles {
  std::vector<FilePackage> packages;                       ///< each once
  std::map<const recipe::FromPackage*, std::size_t> used;  ///< which one a block means
  llb::Output tools;                                       ///< a Debian tree, scratch when there are no such blocks
};

/// Asks the apt of the base, or of the image that the block names, for the exact packages, and lays out trees of what
/// they hold; nothing of apt reaches the image. Nothing is unpacked yet.
/// Throws with the block's place: no such package or version, no source for it, an image without apt.
PackageFiles resolve_package_files(Gateway& gateway, const recipe::Recipe& recipe, const BaseImage& base,
                                   const name::Platform& platform, Gateway::ResolveMode mode, const Places& places);

/// The packages that `wanted` ask for, in that order, without trees; of `answers` the plan is not looked at. Throws as
/// resolve_package_files; corrupt when the answers contradict each other.
std::vector<FilePackage> read_package_answers(const AptAnswers& answers, const recipe::Recipe& recipe,
                                              const std::vector<const recipe::FromPackage*>& wanted);

}  // namespace frontend
