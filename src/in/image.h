#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "core/name/platform.h"
#include "core/oci/config.h"
#include "core/oci/manifest.h"
#include "core/registry/puller.h"

namespace in {

/// One image of one platform.
struct Image {
  oci::Document document;  ///< its manifest, as stored
  oci::Manifest manifest;
  std::string config_bytes;
  oci::ImageConfig config;
};

/// What the digest of a version names, manifest or index. Throws not_found with what to do about it.
oci::Document fetch_document(const registry::Puller& puller, const base::Digest& digest, std::stop_token stop);

/// The image that `document` is, or the one for `platform` in the index that it is (indexes within indexes too).
/// Throws not_found listing the platforms there are, unsupported for an artifact that is no image, corrupt if config
/// and manifest disagree on the number of layers.
Image fetch_image(const registry::Puller& puller, oci::Document document, const name::Platform& platform,
                  std::stop_token stop);

}  // namespace in
