#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/digest.h"
#include "core/name/registry.h"

namespace name {

/// A repository in a registry (distribution-spec 1.1, "Pulling manifests", <name>).
class Repository {
 public:
  /// "ubuntu" is docker.io/library/ubuntu, "acme/app" is docker.io/acme/app; the first part is a registry if it is
  /// "localhost" or has a '.' or ':'. No tag, no digest. Throws invalid.
  static Repository parse(std::string_view text);
  /// `path` as the API uses it ("library/ubuntu"), taken literally. Throws invalid.
  static Repository make(Registry registry, std::string_view path);

  const Registry& registry() const { return registry_; }
  const std::string& path() const { return path_; }  ///< "library/ubuntu"
  std::string text() const;                          ///< "docker.io/library/ubuntu"

  auto operator<=>(const Repository&) const = default;

 private:
  Repository(Registry registry, std::string path) : registry_(std::move(registry)), path_(std::move(path)) {}
  Registry registry_;
  std::string path_;
};

/// A letter, digit or '_', then up to 127 of those, '.' and '-' (distribution-spec 1.1, <reference> as a tag).
class Tag {
 public:
  static Tag parse(std::string_view text);  ///< throws invalid
  static bool valid(std::string_view text);

  const std::string& text() const { return text_; }
  auto operator<=>(const Tag&) const = default;

 private:
  explicit Tag(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// A tag that clients keep for referrers ("sha256-<64 hex>") or cosign for its objects (the same with ".sig", ".att",
/// ".sbom"): never a version of anything.
bool is_fallback_tag(std::string_view tag);

/// An image: repository and tag, digest, or both ("app:1.0@sha256:…", where the digest decides).
class Reference {
 public:
  /// Neither tag nor digest means the tag "latest". Throws invalid.
  static Reference parse(std::string_view text);
  Reference(Repository repository, Tag tag);
  Reference(Repository repository, base::Digest digest);
  Reference(Repository repository, Tag tag, base::Digest digest);

  const Repository& repository() const { return repository_; }
  const std::optional<Tag>& tag() const { return tag_; }
  const std::optional<base::Digest>& digest() const { return digest_; }

  /// The digest if there is one, else the tag: what goes into the URL.
  std::string identifier() const;
  std::string text() const;                          ///< "docker.io/library/ubuntu:22.04@sha256:…"
  Reference with_digest(base::Digest digest) const;  ///< same repository and tag

  auto operator<=>(const Reference&) const = default;

 private:
  Repository repository_;
  std::optional<Tag> tag_;
  std::optional<base::Digest> digest_;
};

}  // namespace name
