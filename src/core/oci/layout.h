#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/fd.h"
#include "core/oci/manifest.h"

namespace oci {

/// A file of a layout, or the part of an archive that holds it.
struct LayoutFile {
  base::Fd fd;
  std::uint64_t offset = 0, size = 0;
};

/// Finds a layout's files by name ("blobs/sha256/…"); nullopt for one that is not there. Throws corrupt for one that is
/// no regular file.
using LayoutFiles = std::function<std::optional<LayoutFile>(const std::string& name)>;

/// Where a blob lies: "blobs/sha256/…".
std::string blob_name(const base::Digest& digest);

/// An image layout on disk, read as hostile input (image-spec 1.1, image-layout.md).
class Layout {
 public:
  /// Checks `oci-layout` and loads `index.json`. Throws not_found, invalid.
  explicit Layout(const std::filesystem::path& directory);
  /// The same for files that lie elsewhere; `what` names the place in errors.
  Layout(LayoutFiles files, const std::string& what);

  /// index.json, bytes as they are.
  const Document& index() const { return index_; }

  /// Opens a blob: a regular file (a symlink is refused) of the stated size; its digest is for the reader to check.
  /// Throws not_found, corrupt.
  LayoutFile open_blob(const Descriptor& descriptor) const;
  /// The same for a blob of any size; nullopt if it is not there.
  std::optional<LayoutFile> find_blob(const base::Digest& digest) const { return files_(blob_name(digest)); }
  /// A whole blob of at most `max_bytes`, digest checked. Throws not_found, corrupt, invalid.
  std::string read_blob(const Descriptor& descriptor, std::uint64_t max_bytes) const;
  /// A manifest or index, digest checked, inline `data` used when there is some.
  Document document(const Descriptor& descriptor) const;

  /// What the layout is about: index.json itself, or, when it lists just one thing, that thing, and so on down through
  /// one-entry indexes (at most 8), or the image that a file `single-image-digest` names (registry-image's mark of an
  /// index that was made up around it). `tag` picks the entry with that org.opencontainers.image.ref.name.
  Document root(std::string_view tag = {}) const;

 private:
  LayoutFiles files_;
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
