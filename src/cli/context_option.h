#pragma once

#include <string>
#include <utility>

#include "core/buildkit/build.h"

namespace cli {

/// One --build-context, "NAME=VALUE" as docker buildx takes it: the frontend's option for it. A directory or an image
/// layout ("oci-layout://DIRECTORY", with ":TAG" or "@DIGEST" behind it to choose) becomes one that `request` serves.
/// Throws invalid, not_found, corrupt.
std::pair<std::string, std::string> context_option(const std::string& text, buildkit::BuildRequest& request);

}  // namespace cli
