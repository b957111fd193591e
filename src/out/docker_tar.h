#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "core/base/temporary_directory.h"
#include "core/oci/layout.h"
#include "out/tar_index.h"

namespace out {

/// An image out of what `docker save` writes, and registry-image's format `oci`.
struct DockerImage {
  oci::Document manifest = oci::Document::make("", "");  ///< made here: the tar has none
  std::string config;                                    ///< as it lies in the tar
  base::Digest config_digest = base::sha256("");
  std::map<base::Digest, oci::LayoutFile> layers;
};

/// Layers that are compressed stay as they are; plain ones are compressed (gzip, always the same way) into files of a
/// directory made in `scratch`. Throws invalid for a tar of none or several images, and for one whose layers are not
/// those that its config speaks of; corrupt; cancelled.
DockerImage load_docker_tar(const TarIndex& tar, std::optional<base::TemporaryDirectory>& scratch,
                            std::stop_token stop);

}  // namespace out
