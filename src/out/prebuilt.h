#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "core/base/temporary_directory.h"
#include "core/http/source.h"
#include "core/name/reference.h"
#include "core/oci/layout.h"

namespace out {

/// An image that was built elsewhere, as params.image names it: an image layout (directory or tar), or what
/// `docker save` writes. Everything in it is hostile; digests are checked by the registry, or when read.
class Prebuilt {
 public:
  /// The one thing that the pattern `image` matches below `inputs`. Throws invalid for none, several, and what is no
  /// image; not_found, corrupt.
  Prebuilt(const std::filesystem::path& inputs, const std::string& image, std::stop_token stop);

  /// What the tags shall name.
  const oci::Document& root() const { return *root_; }
  /// A manifest or index below it.
  oci::Document document(const oci::Descriptor& descriptor) const;
  /// A blob to send.
  std::unique_ptr<http::Source> open(const oci::Descriptor& descriptor) const;
  /// The repository that a `get` of ours, or of registry-image, took it from: its blobs may lie there already.
  const std::optional<name::Repository>& taken_from() const { return taken_from_; }

 private:
  void load_layout(const std::filesystem::path& directory);
  void load_archive(const std::filesystem::path& file, std::stop_token stop);
  void note_origin(const std::filesystem::path& directory);

  std::optional<oci::Layout> layout_;
  std::optional<oci::Document> root_;
  std::optional<name::Repository> taken_from_;
  std::optional<std::string> stated_digest_;
  // Of what docker saved: the blobs, where they lie, and those that had to be made.
  std::map<base::Digest, oci::LayoutFile> blobs_;
  std::map<base::Digest, std::string> made_;
  std::optional<base::TemporaryDirectory> compressed_;
};

}  // namespace out
