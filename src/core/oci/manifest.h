#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/oci/descriptor.h"

namespace oci {

/// The largest manifest or index that is read. The specification asks registries for at least 4 MiB, registry 2.8 stops
/// there; twice that leaves room for others, and parsed it still fits a container of 64 MiB.
inline constexpr std::uint64_t max_manifest_bytes = 8 * 1024 * 1024;
/// The largest image config that is read; real ones are a few KiB.
inline constexpr std::uint64_t max_config_bytes = 8 * 1024 * 1024;

/// A manifest or index exactly as it came; its digest is that of these bytes and never of a re-serialisation.
struct Document {
  std::string media_type;
  std::string bytes;
  base::Digest digest;

  static Document make(std::string media_type, std::string bytes);
  bool is_index() const;
  Descriptor descriptor() const;
};

/// image-spec 1.1 manifest.md; Docker schema 2.
struct Manifest {
  std::string media_type;
  std::string artifact_type = {};
  Descriptor config;
  std::vector<Descriptor> layers = {};  ///< base first
  std::optional<Descriptor> subject = {};
  Annotations annotations = {};

  /// What the referrers list says: artifactType, else the config's media type (distribution-spec 1.1).
  std::string effective_artifact_type() const;
};

/// image-spec 1.1 image-index.md; Docker manifest list.
struct Index {
  std::string media_type;
  std::string artifact_type = {};
  std::vector<Descriptor> manifests = {};
  std::optional<Descriptor> subject = {};
  Annotations annotations = {};
};

/// Throws invalid with the JSON path, unsupported for schema 1. The document's media type decides; a different
/// `mediaType` inside is an error, as is an index posing as a manifest or the reverse (CVE-2021-41190).
Manifest parse_manifest(const Document& document);
Index parse_index(const Document& document);

/// Deterministic bytes: fields in the specification's order, compact, annotations sorted.
Document write(const Manifest& manifest);
Document write(const Index& index);

/// The child for `wanted`: the first that names the same variant, else the first that matches. A child without platform
/// counts as linux/amd64 if it is a manifest; attestations and "unknown/unknown" are never chosen. nullptr if none.
const Descriptor* find_platform(const Index& index, const name::Platform& wanted);
/// As find_platform; throws not_found listing what the index has.
const Descriptor& select_platform(const Index& index, const name::Platform& wanted);

}  // namespace oci
