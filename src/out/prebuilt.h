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
  /// The one at `path`. Throws likewise.
  Prebuilt(const std::filesystem::path& path, std::stop_token stop);

  /// What the tags shall name.
  const oci::Document& root() const { return *root_; }
  /// A manifest or index below it.
  oci::Document document(const oci::Descriptor& descriptor) const;
  /// A blob to send.
  std::unique_ptr<http::Source> open(const oci::Descriptor& descriptor) const;
  /// The repository that a `get` of ours, or of registry-image, took it from: its blobs may lie there already.
  const std::optional<name::Repository>& taken_from() const { return taken_from_; }
  /// The tag that it had there, "" if nobody noted it.
  const std::string& origin_tag() const { return origin_tag_; }
  /// The digest that it has there: of a layout its own, of what docker saved the one that was noted.
  std::optional<base::Digest> origin_digest() const;

  /// A manifest, index or blob, whatever its size; nullopt if it is not there.
  std::optional<oci::LayoutFile> find(const base::Digest& digest) const;
  /// Throws not_found, corrupt unless every manifest that is there has all its blobs, of the right size; an index need
  /// not have all that it lists.
  void check_complete() const;

 private:
  void load(const std::filesystem::path& path, std::stop_token stop);
  void load_layout(const std::filesystem::path& directory);
  void load_archive(const std::filesystem::path& file, std::stop_token stop);
  void note_origin(const std::filesystem::path& directory);
  void check_manifest(const oci::Document& document) const;

  std::optional<oci::Layout> layout_;
  std::optional<oci::Document> root_;
  std::optional<name::Repository> taken_from_;
  std::string stated_digest_, origin_tag_;
  // Of what docker saved: the blobs, where they lie, and those that had to be made.
  std::map<base::Digest, oci::LayoutFile> blobs_;
  std::map<base::Digest, std::string> made_;
  std::optional<base::TemporaryDirectory> compressed_;
};

}  // namespace out
