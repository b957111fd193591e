#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/digest.h"
#include "core/base/fd.h"

namespace buildkit {

/// Where a blob lies in an image layout: "blobs/sha256/…".
std::string blob_path(const base::Digest& digest);

/// Writes one blob of an image layout under a temporary name until its digest is known. What is not committed goes.
class BlobWriter {
 public:
  /// `root` is the layout's open directory, borrowed; it has blobs/sha256. Throws failed, denied.
  explicit BlobWriter(int root);
  ~BlobWriter();
  BlobWriter(const BlobWriter&) = delete;
  BlobWriter& operator=(const BlobWriter&) = delete;

  void write(std::string_view data);
  /// Forgets what was written.
  void restart();
  std::uint64_t size() const { return size_; }
  /// Puts the blob in its place, once. Throws corrupt unless its digest is `expected` (empty = any).
  base::Digest commit(std::string_view expected);

 private:
  int root_;
  base::Fd directory_, file_;
  std::string name_;
  base::Sha256 hash_;
  std::uint64_t size_ = 0;
};

}  // namespace buildkit
