#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/json/decode.h"
#include "core/name/platform.h"

namespace oci {

using Annotations = std::map<std::string, std::string>;

/// What points at content: type, hash, size (image-spec 1.1, descriptor.md).
struct Descriptor {
  std::string media_type;
  base::Digest digest;
  std::uint64_t size = 0;
  std::string artifact_type = {};
  Annotations annotations = {};
  std::vector<std::string> urls = {};
  /// Absent as well when the platform is not one anybody could ask for, such as "unknown/unknown".
  std::optional<name::Platform> platform = {};
  /// Something was written there, usable or not.
  bool has_platform = false;
  /// The content itself, when the descriptor carries it. Checked against size and digest.
  std::optional<std::string> data = {};

  /// BuildKit's attestation manifest in an index: annotation vnd.docker.reference.type = attestation-manifest.
  bool is_attestation() const;

  bool operator==(const Descriptor&) const = default;
};

/// Throws invalid with the path. Unknown fields are fine, wrong types are not.
Descriptor decode_descriptor(json::Object object);
json::Ordered encode(const Descriptor& descriptor);

/// The two bytes `{}`: config or layer of an artifact that needs none (image-spec 1.1, manifest.md).
const Descriptor& empty_descriptor();
inline constexpr std::string_view empty_content = "{}";

}  // namespace oci
