#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/fd.h"
#include "core/oci/manifest.h"

namespace oci {

/// An image layout on disk, read as hostile input (image-spec 1.1, image-layout.md).
class Layout {
 public:
  /// Checks `oci-layout` and loads `index.json`. Throws not_found, invalid.
  explicit Layout(std::filesystem::path directory);

  const std::filesystem::path& directory() const { return directory_; }
  /// index.json, bytes as they are.
  const Document& index() const { return index_; }

  /// Opens a blob: a regular file (a symlink is refused) of the stated size; its digest is for the reader to check.
  /// Throws not_found, corrupt.
  base::Fd open_blob(const Descriptor& descriptor) const;
  /// A whole blob of at most `max_bytes`, digest checked. Throws not_found, corrupt, invalid.
  std::string read_blob(const Descriptor& descriptor, std::uint64_t max_bytes) const;
  /// A manifest or index, digest checked, inline `data` used when there is some.
  Document document(const Descriptor& descriptor) const;

  /// What the layout is about: index.json itself, or, when it lists just one thing, that thing, and so on down through
  /// one-entry indexes (at most 8). `tag` picks the entry with that org.opencontainers.image.ref.name.
  Document root(std::string_view tag = {}) const;

 private:
  std::filesystem::path directory_;
  Document index_;
};

/// Writes an image layout; blobs may come in any order and from several threads, index.json last.
class LayoutWriter {
 public:
  /// Creates `directory` and blobs/sha256 in it. Throws failed, denied.
  explicit LayoutWriter(std::filesystem::path directory);

  const std::filesystem::path& directory() const { return directory_; }
  /// Where the blob belongs. Who writes it there checks it, and writes under another name first.
  std::filesystem::path blob_path(const base::Digest& digest) const;
  bool has(const Descriptor& descriptor) const;  ///< by name and size
  void write_blob(const base::Digest& digest, std::string_view bytes) const;
  /// Marks the layout complete: `oci-layout` and `index.json` with exactly these bytes.
  void finish(std::string_view index_bytes) const;

 private:
  std::filesystem::path directory_;
};

}  // namespace oci
