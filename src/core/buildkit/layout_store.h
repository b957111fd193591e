#pragma once

#include <filesystem>

#include "core/base/fd.h"
#include "core/buildkit/blob_store.h"

namespace buildkit {

/// The blobs of an OCI image layout, opened once: nothing outside of it can be reached. A blob is written under a
/// temporary name, checked against its digest, and then takes its place.
class LayoutStore final : public BlobStore {
 public:
  enum class Access { read, write };
  /// With `write` the directory is made when it is missing. Throws not_found, denied, failed.
  explicit LayoutStore(const std::filesystem::path& directory, Access access = Access::read);

  std::optional<oci::LayoutFile> open(const base::Digest& digest) override;
  bool writable() const override { return access_ == Access::write; }
  std::unique_ptr<BlobWriter> create(const NewBlob& blob) override;

 private:
  base::Fd root_;
  Access access_;
};

}  // namespace buildkit
