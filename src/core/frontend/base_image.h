#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/deb/os_release.h"
#include "core/deb/source_list.h"
#include "core/deb/status.h"
#include "core/frontend/gateway.h"
#include "core/llb/output.h"
#include "core/name/reference.h"
#include "core/oci/config.h"
#include "core/recipe/recipe.h"

namespace frontend {

/// The image that a recipe starts from, resolved to its digest once, and what is in it: read out of its tree, not by
/// running anything.
struct BaseImage {
  /// A keyring that the base trusts archives by.
  struct Keyring {
    std::string path;
    std::string content;
    bool operator==(const Keyring&) const = default;
  };
  std::string canonical_name;  ///< "registry/repository:tag@sha256:…", or "scratch"
  std::string config_json;     ///< as resolved; empty for scratch
  oci::ImageConfig config;
  llb::Output tree;  ///< scratch for scratch
  Ref ref;           ///< the same, readable
  deb::OsRelease os;
  deb::PackageDatabase packages;
  bool has_dpkg = false;
  std::vector<deb::Repository> repositories;  ///< apt's, as the base has them
  std::vector<Keyring> keyrings;              ///< that those name, else apt's trusted ones
};

enum class Contents { read, unread };

/// What stands in for the base image that the recipe names: a named context.
struct BaseReplacement {
  llb::Output tree;
  std::string config_json;     ///< "" for a tree that is no image
  std::string canonical_name;  ///< as the bill has it
  std::string reference;  ///< what policies allow or not; of what no registry is known to have, the context's own text
};

/// `locked` is the canonical name that a lock has; "" to ask the registry what the recipe's tag stands for. With
/// `unread` contents the tree is not looked into, unless apt needs that: system and packages stay empty.
/// Throws not_found or denied (no such image, no access) with the place in the recipe, unsupported for another
/// platform, invalid for a broken package database.
BaseImage read_base_image(Gateway& gateway, const recipe::Recipe& recipe, const name::Platform& platform,
                          Gateway::ResolveMode mode, const std::string& locked = "", Contents contents = Contents::read,
                          const std::optional<BaseReplacement>& replacement = {});

/// Another image that is asked about its packages: its tree, configuration and repositories. `reference` is the value
/// in the recipe that names it. Throws as read_base_image.
BaseImage read_image(Gateway& gateway, const recipe::Recipe& recipe, const recipe::Text& reference,
                     const name::Platform& platform, Gateway::ResolveMode mode);

}  // namespace frontend
