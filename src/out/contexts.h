#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/buildkit/build.h"
#include "core/name/platform.h"
#include "core/recipe/recipe.h"
#include "core/resource/request.h"
#include "out/prebuilt.h"

namespace out {

/// What params.contexts names: images and directories of earlier gets, which the session serves to the engine.
class Contexts {
 public:
  /// An image is a layout (directory or tar), a `docker save` tar, or the directory of a get that has one; anything
  /// else is a directory. All lies below `inputs`. Throws invalid (a name that the recipe has no use for, a broken
  /// image, a path that leads out), not_found, corrupt.
  Contexts(const resource::PutParams& params, const std::filesystem::path& inputs, const recipe::Recipe& recipe,
           std::stop_token stop);

  /// Lets `request` serve them.
  void add_to(buildkit::BuildRequest& request) const;
  /// For the frontend: what stands for each name.
  const std::map<std::string, std::string>& options() const { return options_; }
  /// By name what an image was taken from, as the get that fetched it says: "registry/repository:tag@sha256:…".
  const std::map<std::string, std::string>& origins() const { return origins_; }
  /// The digest of the manifest for `platform` in an index among them; nullopt if `canonical_name` is none of theirs.
  std::optional<std::string> platform_manifest(const std::string& canonical_name, const name::Platform& platform) const;

 private:
  void add_image(const std::string& name, const std::filesystem::path& path, std::stop_token stop);

  std::vector<buildkit::LocalDirectory> directories_;
  std::map<std::string, std::shared_ptr<const Prebuilt>> images_;  // by store
  std::map<std::string, std::string> options_, origins_;
  std::map<std::string, std::shared_ptr<const Prebuilt>> by_origin_;
};

}  // namespace out
