#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

#include "core/buildkit/blob_store.h"
#include "core/registry/pusher.h"

namespace out {

/// Takes what an engine exports straight into a repository: each blob on its way through a buffer of a fixed size and
/// no file, what the registry has not at all. Manifests are kept until the export has ended, and stored last. When an
/// engine is lost, the next one exports into the same store.
class UploadStore final : public buildkit::BlobStore {
 public:
  /// `base`: another repository that may have blobs, mounted where they are in the same registry. Borrows `pusher`.
  UploadStore(const registry::Pusher& pusher, std::optional<name::Repository> base, std::stop_token stop)
      : pusher_(pusher), base_(std::move(base)), stop_(std::move(stop)) {}

  /// What was exported is not read.
  std::optional<oci::LayoutFile> open(const base::Digest&) override { return std::nullopt; }
  bool writable() const override { return true; }
  /// Throws corrupt for a blob whose digest or size the engine does not tell, and what registry::Pusher throws.
  std::unique_ptr<buildkit::BlobWriter> create(const buildkit::NewBlob& blob) override;

  /// Stores the manifests below `root` and it last, without a tag. Throws corrupt for one that the engine did not send.
  void finish(const base::Digest& root);

  std::uint64_t sent_blobs() const { return sent_blobs_; }
  std::uint64_t sent_bytes() const { return sent_bytes_; }
  std::uint64_t known_blobs() const { return known_blobs_; }

 private:
  class Kept;
  class Upload;
  void push(const base::Digest& digest, int depth);

  const registry::Pusher& pusher_;
  const std::optional<name::Repository> base_;
  const std::stop_token stop_;
  std::mutex mutex_;
  std::map<base::Digest, oci::Document> documents_;
  std::atomic<std::uint64_t> sent_blobs_ = 0, sent_bytes_ = 0, known_blobs_ = 0;
};

}  // namespace out
