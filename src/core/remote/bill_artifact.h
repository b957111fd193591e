#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/oci/descriptor.h"
#include "core/registry/puller.h"
#include "core/registry/pusher.h"

namespace remote {

/// The bill of materials beside its image: an artifact manifest (image-spec 1.1, "Guidelines for Artifact Usage") whose
/// subject is the image's manifest or index, found through the referrers API or its fallback tag.
inline constexpr std::string_view bill_media_type = "application/vnd.estaleiro.bom.v1+yaml";

/// A bill is never larger than this; a larger one is not read.
inline constexpr std::uint64_t max_bill_bytes = 64u << 20;

/// Stores `yaml` as a referrer of `subject`, unless it is the bill that find_bill would find there. `created` is the
/// time of the push, RFC 3339 in UTC: two builds may give the same image from different inputs, and the later bill
/// counts. Returns the artifact's manifest. Throws what registry::Pusher and registry::Puller throw.
oci::Descriptor push_bill(const registry::Pusher& pusher, const registry::Puller& puller,
                          const oci::Descriptor& subject, std::string_view yaml, const std::string& created,
                          std::stop_token stop);

struct FoundBill {
  std::string yaml;
  base::Digest digest;    ///< of the bill's bytes
  base::Digest artifact;  ///< of the manifest that refers to the image
};

/// The bill that refers to the manifest `subject`; of several the one pushed last. nullopt if there is none.
/// Throws corrupt when the artifact's own subject is another image, and what registry::Puller throws.
std::optional<FoundBill> find_bill(const registry::Puller& puller, const base::Digest& subject, std::stop_token stop);

}  // namespace remote
