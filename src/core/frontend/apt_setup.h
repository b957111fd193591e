#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/deb/os_release.h"
#include "core/deb/source_list.h"
#include "core/recipe/recipe.h"

namespace frontend {

/// A key file that apt is to trust for the repositories of its block.
struct KeyFile {
  std::string path;  ///< below /tmp/in; the ending says armoured (.asc) or binary (.gpg), as apt wants it
  std::string content;
};

/// What apt is told: the files below /tmp/in, and where its archives are.
struct AptSetup {
  std::vector<deb::Repository> repositories;  ///< each deb with its deb-src, the base's own first
  std::vector<KeyFile> keys;
  std::string sources_list;
  std::string preferences;
  std::string packages;                           ///< the arguments of apt-get install, sorted
  bool recommends = false;                        ///< of any block: apt knows the choice for all packages only
  std::vector<std::string> in_release_uris;       ///< without repetitions
  std::map<std::string, hcl::Range> declared_at;  ///< of those the ones that a line of the recipe brought, and which
  std::vector<std::string> warnings;
};

/// Turns apt blocks and an image's own repositories into one setup; `place` is what an error about the whole of it
/// points at. `keys` holds the bytes of each key by its URI. An extra repository is pinned low but for the packages
/// that its own block names, so that a vendor cannot replace the distribution's packages. A block of a snapshot leaves
/// the image's own repositories out, because they are those of today. Throws invalid or denied with the place in the
/// recipe.
AptSetup apt_setup(const recipe::Recipe& recipe, std::span<const recipe::Apt> blocks, const hcl::Range& place,
                   const std::vector<deb::Repository>& of_image, const deb::OsRelease& os,
                   const std::map<std::string, std::string>& keys);

}  // namespace frontend
