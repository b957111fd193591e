#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/oci/manifest.h"
#include "core/registry/puller.h"

namespace registry {

/// "sha256-<hex>": algorithm cut to 32 characters, value to 64 (distribution-spec 1.1, "Referrers Tag Schema").
std::string fallback_tag(const base::Digest& subject);

/// Those of that artifact type; all if it is empty.
std::vector<oci::Descriptor> of_artifact_type(std::vector<oci::Descriptor> list, std::string_view artifact_type);

/// By the referrers API, page by page; nullopt if the registry has none. At most 10,000 entries.
std::optional<std::vector<oci::Descriptor>> referrers_by_api(const Endpoint& endpoint, const base::Digest& subject,
                                                             std::string_view artifact_type, std::stop_token stop);

/// Adds `entry` to the index at the fallback tag of `subject`, unless it is there; reads back, and does it again if
/// another writer got between. Throws unsupported if the tag holds something else, unavailable after too many rounds.
void add_to_fallback_tag(const Endpoint& endpoint, const base::Digest& subject, const oci::Descriptor& entry,
                         std::stop_token stop);

}  // namespace registry
