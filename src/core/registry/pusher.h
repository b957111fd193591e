#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/http/source.h"
#include "core/oci/manifest.h"
#include "core/registry/puller.h"

namespace registry {

/// How a blob got where it is.
enum class Delivery { present, mounted, uploaded };

struct BlobOptions {
  /// Another repository of the same registry that may have the blob: mounted if so, uploaded if not.
  std::optional<name::Repository> mount_from = {};
  /// Told how many bytes of this blob are sent; less again when a try starts over.
  std::function<void(std::uint64_t)> progress = {};
  /// Larger blobs go in pieces of this size, each tried again by itself; 0 sends any blob in one request.
  std::uint64_t chunk_bytes = 0;
};

/// Writes one repository (distribution-spec 1.1, "Push"). The caller keeps the order: blobs, manifests, indexes, tags.
/// Thread-safe.
class Pusher {
 public:
  explicit Pusher(Endpoint endpoint);

  const name::Repository& repository() const { return endpoint_.repository; }

  /// One HEAD.
  bool has_blob(const base::Digest& digest, std::stop_token stop = {}) const;

  /// Sends a blob unless the registry has it, in constant memory. `source` must hold what the descriptor says; a source
  /// of another size is Kind::invalid, and a registry that finds another digest says so (registry::Error).
  Delivery blob(const oci::Descriptor& descriptor, http::Source& source, const BlobOptions& options = {},
                std::stop_token stop = {}) const;
  Delivery blob(const oci::Descriptor& descriptor, std::string_view bytes, std::stop_token stop = {}) const;

  /// Stores a manifest or index under its digest, or under `tag`. If it has a subject and the registry does not keep
  /// referrers itself, the fallback tag is updated (re-read and repeated when another writer got between).
  void manifest(const oci::Document& document, std::optional<name::Tag> tag = std::nullopt,
                std::stop_token stop = {}) const;

  /// The digest a tag has now; nullopt if none.
  std::optional<oci::Descriptor> resolve(std::string_view tag_or_digest, std::stop_token stop = {}) const;

  /// As Puller::tags.
  std::vector<std::string> tags(std::stop_token stop = {}) const;

  /// Deletes a manifest or tag. False if it was not there; unsupported if the registry does not delete.
  bool remove(std::string_view tag_or_digest, std::stop_token stop = {}) const;

 private:
  Endpoint endpoint_;
};

}  // namespace registry
