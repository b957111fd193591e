#pragma once

#include <memory>
#include <string>

#include "core/name/platform.h"
#include "core/remote/repository.h"
#include "in/image.h"

namespace cli {

/// How an image and its bill are looked for.
struct BillLookup {
  bool insecure = false;
  std::string platform;  ///< "linux/arm64"; "" for this machine's
};

/// An image in a registry: what its reference names, and of an index the platform's image.
struct FoundImage {
  resource::Source source;
  std::unique_ptr<remote::Repository> repository;
  oci::Document document;  ///< manifest or index
  name::Platform platform;

  /// The image of the platform. Throws as in::fetch_image.
  in::Image image() const;
};

/// Throws not_found, and what registry::Puller throws.
FoundImage find_image(const std::string& reference, const BillLookup& lookup);

}  // namespace cli
