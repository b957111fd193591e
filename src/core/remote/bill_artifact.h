#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/oci/descriptor.h"
#include "core/registry/puller.h"
#include "core/registry/pusher.h"

namespace remote {

/// The bill of materials beside its image: an artifact manifest (image-spec 1.1, "Guidelines for Artifact Usage") whose
/// subject is the image's manifest or index, found through the referrers API or its fallback tag.
inline constexpr std::string_view bill_media_type = "application/vnd.estaleiro.bom.v1+yaml";
/// The same bill in other forms, each an artifact of its own.
inline constexpr std::string_view spdx_media_type = "application/spdx+json";
inline constexpr std::string_view cyclonedx_media_type = "application/vnd.cyclonedx+json";
inline constexpr std::string_view in_toto_media_type = "application/vnd.in-toto+json";
inline constexpr std::string_view page_media_type = "application/vnd.estaleiro.bom.v1+html";
/// An index of the bills of an image index, for each platform one, that refers to it.
inline constexpr std::string_view bill_list_media_type = "application/vnd.estaleiro.bom.list.v1";
/// What changed since the image that the tag named before, as Markdown.
inline constexpr std::string_view difference_media_type = "application/vnd.estaleiro.bom-diff.v1+markdown";

/// The .debs that an image was built from, each a layer: what a lock falls back on.
inline constexpr std::string_view inputs_media_type = "application/vnd.estaleiro.inputs.v1";

/// A bill is never larger than this; a larger one is not read.
inline constexpr std::uint64_t max_bill_bytes = 64u << 20;

/// One form of the bill, as it lies in the registry.
struct BillDocument {
  std::string media_type;  ///< of the content and of the artifact
  std::string title;       ///< file name: "bom.yml"
  std::function<std::string()> content;
  /// What `content` is a function of, such as a digest and a version; "" if that is not known. An annotation of the
  /// artifact, so that what is stored already need not be made again.
  std::string made_from = {};
};

/// Stores each document as a referrer of `subject`, unless the newest of its type has the same content already, or was
/// made from the same. Asks for the referrers once. Returns the artifacts' manifests, in the same order. `created` is
/// the time of the push, RFC 3339 in UTC with a fraction of always the same length, so that it sorts as text: two
/// builds may give the same image from different inputs, and the later bill counts. Throws what registry::Pusher and
/// registry::Puller throw.
std::vector<oci::Descriptor> push_documents(const registry::Pusher& pusher, const registry::Puller& puller,
                                            const oci::Descriptor& subject, const std::vector<BillDocument>& documents,
                                            const std::string& created, std::stop_token stop);

/// Stores an index of `bills`, artifacts that push_documents gave, each with its platform, as a referrer of the image
/// index `subject`. The same bills give the same index.
void push_bill_list(const registry::Pusher& pusher, const oci::Descriptor& subject,
                    const std::vector<oci::Descriptor>& bills, std::stop_token stop);

struct FoundDocument {
  std::string content;
  base::Digest digest;    ///< of the content
  base::Digest artifact;  ///< of the manifest that refers to the image
};

/// The document of that media type that refers to the manifest `subject`; of several the one pushed last. nullopt if
/// there is none. Throws corrupt when the artifact's own subject is another image, and what registry::Puller throws.
std::optional<FoundDocument> find_document(const registry::Puller& puller, const base::Digest& subject,
                                           std::string_view media_type, std::stop_token stop);

struct FoundBill {
  std::string yaml;
  base::Digest digest;    ///< of the bill's bytes
  base::Digest artifact;  ///< of the manifest that refers to the image
};

/// find_document for bill_media_type.
std::optional<FoundBill> find_bill(const registry::Puller& puller, const base::Digest& subject, std::stop_token stop);

}  // namespace remote
