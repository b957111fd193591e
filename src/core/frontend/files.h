#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/frontend/base_image.h"
#include "core/frontend/evidence.h"
#include "core/frontend/package_files.h"
#include "core/frontend/place.h"

namespace frontend {

/// What of the client's side is read: `local://NAME` of the session.
struct BuildContext {
  std::string name = "context";
  std::string dockerfiles = "context";  ///< where Dockerfiles are read from: the same directory, past its ignore file
  std::string session;                  ///< empty: the engine finds the build's own
  std::optional<llb::Output> tree;      ///< in place of the client's directory: a git repository
  /// What is left out of the directory, where the client does not see to that; as in a .dockerignore.
  std::vector<std::string> exclude;
  bool docker_ignores = true;                       ///< `exclude` is what a Dockerfile frontend would find by itself
  std::optional<BaseReplacement> base = {};         ///< in place of the recipe's base image
  std::map<std::string, llb::Output> of_steps;      ///< in place of a step's own context, by the step's name
  std::map<std::string, std::string> step_options;  ///< for the Dockerfile frontend, as it is
  std::map<std::string, llb::Definition> inputs;    ///< that "input:NAME" in step_options names
};

/// The trees that the recipe's `file` blocks lead to.
struct Files {
  llb::Output tree;                                   ///< `onto` with the files
  std::vector<std::string> layers;                    ///< what made each layer that this takes
  llb::Output declared;                               ///< the files alone, at the same paths
  llb::Output tarballs;                               ///< the tarballs themselves, at their paths in the context
  std::vector<std::string> dockerfile_digests;        ///< by index of recipe.steps
  std::vector<Ref> origins;                           ///< by index of image.files: the tree that the file comes from
  std::map<const recipe::File*, std::string> images;  ///< of those from images: the canonical name with digest
};

/// Puts the files onto a tree: one layer for each step, tarball or other origin, in the recipe's order. Dockerfile
/// steps go through the engine's own dockerfile.v0 and become part of this graph; nothing runs yet. `packages` are
/// those of the recipe's from_package blocks. Throws invalid with the place in the recipe: no such Dockerfile, a stage
/// that it does not have.
Files add_files(Gateway& gateway, const recipe::Recipe& recipe, const llb::Output& onto, const BuildContext& context,
                const PackageFiles& packages, const name::Platform& platform, std::chrono::sys_seconds epoch,
                const Places& places);

/// What a file block brought is not what it declares: a directory, or neither file nor directory.
base::Error not_a_file(const recipe::Recipe& recipe, const recipe::File& file, bool directory);

/// Throws not_a_file for the first block in `tree`, which has all of them, whose path is no regular file.
void check_files(Gateway& gateway, const recipe::Recipe& recipe, const Ref& tree);

/// Finds the file whose path its origin does not have and throws invalid with its place and near names; returns if all
/// are there. For after a failed build: it looks into each origin.
void explain_missing_files(Gateway& gateway, const recipe::Recipe& recipe, const Files& files);

}  // namespace frontend
