#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/digest.h"
#include "core/frontend/base_image.h"
#include "core/llb/output.h"
#include "core/name/platform.h"

namespace frontend {

/// Hosts that the caller gave addresses of his own, name and address: what steps find in /etc/hosts.
using Hosts = std::vector<std::pair<std::string, std::string>>;

/// The host of a URI, without user and port; "" when it has none.
std::string host_of(std::string_view uri);

/// Whether the URI's host is one of these. The engine itself, which fetches http sources, does not know them.
bool is_among(const Hosts& hosts, std::string_view uri);

/// One remote file as a tree that holds it under `filename`. The engine fetches it, or, from one of `hosts`, apt in
/// `image`, which needs its apt-helper. The digest is checked where there is one.
llb::Output fetch(const std::string& uri, const std::optional<base::Digest>& digest, const std::string& filename,
                  const Hosts& hosts, const BaseImage& image, const name::Platform& platform, llb::Metadata metadata);

}  // namespace frontend
