#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/archive/byte_source.h"
#include "core/oci/manifest.h"

namespace cli {

/// An image, wherever its parts lie.
struct ImageParts {
  oci::Document manifest;
  std::string config;  ///< its bytes
  /// A layer as it is stored; digests are for whoever made this to check.
  std::function<std::unique_ptr<archive::ByteSource>(const oci::Descriptor&)> open;
};

/// Who brought each path ("/etc/motd": "declared, tarball motd.tar.gz").
using PathOwners = std::map<std::string, std::string>;

struct ImageComparison {
  bool same_digest = false;
  bool same_content = false;          ///< the same config, so the same layers before they were compressed
  std::vector<std::string> findings;  ///< lines for people: what differs, layer by layer and path by path
};

/// What the second image has other than the first, which `owners` speak of. Layers are read only where they differ,
/// each in constant memory besides the list of its paths; at most 200 paths of a layer are named. Throws corrupt for a
/// manifest, config or layer that cannot be read.
ImageComparison compare_images(const ImageParts& first, const ImageParts& second, const PathOwners& owners);

}  // namespace cli
