#pragma once

#include <filesystem>
#include <string>

#include "core/oci/manifest.h"
#include "in/downloads.h"
#include "in/image.h"

namespace in {

/// The three formats. Each writes into `destination`, an existing directory; what carries the final name is whole.

/// rootfs/: the layers applied one over the other.
void write_rootfs(const Line& line, const Image& image, const std::filesystem::path& destination);

/// image.tar: as `docker save` writes it, for `docker load`; layers stay compressed as they are. `name` is
/// "repository:tag".
void write_docker_archive(const Line& line, const Image& image, const std::string& name,
                          const std::filesystem::path& destination);

/// oci/: an image layout with everything that `document` leads to. An index becomes index.json byte for byte, so that
/// its digest stays; a manifest is put into an index of one entry, and oci/single-image-digest says so.
void write_layout(const Line& line, const oci::Document& document, const std::filesystem::path& destination);

}  // namespace in
