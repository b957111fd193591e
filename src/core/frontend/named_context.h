#pragma once

#include <optional>
#include <string>

#include "core/frontend/files.h"
#include "core/frontend/options.h"
#include "core/recipe/recipe.h"

namespace frontend {

/// The git repository that a URL names, "https://host/repo.git#REF:DIRECTORY" as docker build has it, as a tree; with
/// the session's secrets for its host. Throws invalid for another URL.
llb::Output git_context(const std::string& url, const std::string& name);

/// Lets named contexts take the place of the base image ("docker-image://…" under the base's reference) and of steps'
/// contexts (under the step's name); the others are left to the Dockerfiles of the steps. Throws invalid for a context
/// that cannot stand where it is put.
void apply_contexts(Gateway& gateway, const Options& options, recipe::Recipe& recipe, BuildContext& context);

/// The patterns of the ignore file in a directory of the client's: .estaleiroignore, else .dockerignore.
struct IgnoreFile {
  std::vector<std::string> patterns;
  bool of_docker = true;  ///< a .dockerignore, or none
};
IgnoreFile read_ignore_file(Gateway& gateway, const std::string& local_name);

}  // namespace frontend
