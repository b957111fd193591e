#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/base/digest.h"
#include "core/oci/layout.h"

namespace buildkit {

/// A blob that comes in pieces. What is not committed is as if it had never been.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  virtual void write(std::string_view data) = 0;
  /// Forgets what was written.
  virtual void restart() = 0;
  virtual std::uint64_t size() const = 0;
  /// Ends the blob, once. Throws corrupt unless its digest is `expected` ("" = any).
  virtual base::Digest commit(std::string_view expected) = 0;
};

/// What is known of a blob before the engine sends any of it.
struct NewBlob {
  std::string reference;  ///< containerd's name for the write: "layer-sha256:…", "manifest-sha256:…"
  std::string digest;     ///< "" if the engine says none yet
  std::uint64_t size = 0;
  std::stop_token stop = {};  ///< requested when the session ends, which waits for whoever makes or writes the blob
};

/// Content by digest, which a session serves to the engine or takes from it. Called from several threads.
class BlobStore {
 public:
  virtual ~BlobStore() = default;
  /// nullopt if it is not there. Throws failed, corrupt.
  virtual std::optional<oci::LayoutFile> open(const base::Digest& digest) = 0;
  /// Whether it takes blobs.
  virtual bool writable() const { return false; }
  /// nullptr if the blob is there already.
  virtual std::unique_ptr<BlobWriter> create(const NewBlob& blob) {
    (void)blob;
    return nullptr;
  }
};

}  // namespace buildkit
