#pragma once

#include <optional>
#include <string>

#include "core/frontend/files.h"
#include "core/frontend/options.h"
#include "core/recipe/recipe.h"

namespace frontend {

/// The git repository that a URL names, "https://host/repo.git#REF:DIRECTORY" as docker build has it, as a tree; with
/// the session's secrets for its host. Throws invalid for another URL.
llb::Output git_context(const std::string& url, const std::string& name, const llb::Metadata& metadata);

/// Lets named contexts take the place of the base image (under the base's reference) and of steps' contexts (under the
/// step's name), "NAME::PLATFORM" for that platform alone; the others are left to the Dockerfiles of the steps. A
/// context is an image ("docker-image://…"), an image layout of the client's ("oci-layout://STORE@DIGEST"), a directory
/// ("local:NAME"), a git repository, a file to download, or a tree of the caller's ("input:NAME"), as for a Dockerfile.
/// Throws invalid for one that is none of these. What policies say of a new base is the caller's to check.
void apply_contexts(Gateway& gateway, const Options& options, const name::Platform& platform, recipe::Recipe& recipe,
                    BuildContext& context);

}  // namespace frontend
