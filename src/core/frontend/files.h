#pragma once

#include <string>
#include <vector>

#include "core/frontend/base_image.h"
#include "core/frontend/evidence.h"
#include "core/frontend/place.h"

namespace frontend {

/// What of the client's side is read: `local://NAME` of the session.
struct BuildContext {
  std::string name = "context";
  std::string dockerfiles = "context";  ///< where Dockerfiles are read from: the same directory, past its ignore file
  std::string session;                  ///< empty: the engine finds the build's own
};

/// The trees that the recipe's `file` blocks lead to.
struct Files {
  llb::Output tree;                             ///< `onto` with the files
  llb::Output declared;                         ///< the files alone, at the same paths
  llb::Output tarballs;                         ///< the tarballs themselves, at their paths in the context
  std::vector<std::string> dockerfile_digests;  ///< by index of recipe.steps
  std::vector<std::string> pinned_images;       ///< by index of image.files; "" unless the file comes from an image
  std::vector<Ref> origins;                     ///< by index of image.files: the tree that the file comes from
};

/// Puts the files onto a tree: one layer for each step, tarball or other origin, in the recipe's order. Dockerfile
/// steps go through the engine's own dockerfile.v0 and become part of this graph; nothing runs yet.
/// Throws invalid with the place in the recipe: no such Dockerfile, a stage that it does not have.
Files add_files(Gateway& gateway, const recipe::Recipe& recipe, const llb::Output& onto, const BuildContext& context,
                const name::Platform& platform, std::chrono::sys_seconds epoch, const Places& places);

/// Finds the file whose path its origin does not have and throws invalid with its place and near names; returns if all
/// are there. For after a failed build: it looks into each origin.
void explain_missing_files(Gateway& gateway, const recipe::Recipe& recipe, const Files& files);

}  // namespace frontend
