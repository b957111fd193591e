#include "core/remote/bill_artifact.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/oci/manifest.h"
#include "core/oci/media_type.h"

namespace remote {
namespace {

constexpr const char* created_annotation = "org.opencontainers.image.created";
constexpr const char* title_annotation = "org.opencontainers.image.title";

std::string created_of(const oci::Descriptor& descriptor) {
  auto found = descriptor.annotations.find(created_annotation);
  return found == descriptor.annotations.end() ? "" : found->second;
}

/// RFC 3339 in UTC sorts as text.
std::optional<oci::Descriptor> newest_bill(const registry::Puller& puller, const base::Digest& subject,
                                           std::stop_token stop) {
  auto found = puller.referrers(subject, bill_media_type, stop);
  auto newest = std::max_element(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::pair(created_of(a), a.digest) < std::pair(created_of(b), b.digest);
  });
  if (newest == found.end()) return std::nullopt;
  return *newest;
}

}  // namespace

oci::Descriptor push_bill(const registry::Pusher& pusher, const registry::Puller& puller,
                          const oci::Descriptor& subject, std::string_view yaml, const std::string& created,
                          std::stop_token stop) {
  oci::Descriptor layer{std::string(bill_media_type), base::sha256(yaml), yaml.size()};
  if (auto known = newest_bill(puller, subject.digest, stop)) {
    auto manifest = oci::parse_manifest(puller.document(*known, stop));
    if (manifest.layers.size() == 1 && manifest.layers[0].digest == layer.digest) return *known;
  }
  layer.annotations[title_annotation] = "bom.yml";
  pusher.blob(oci::empty_descriptor(), oci::empty_content, stop);
  pusher.blob(layer, yaml, stop);

  oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest), .config = oci::empty_descriptor()};
  manifest.artifact_type = bill_media_type;
  manifest.layers = {layer};
  manifest.subject = oci::Descriptor{subject.media_type, subject.digest, subject.size};
  manifest.annotations[created_annotation] = created;
  auto document = oci::write(manifest);
  pusher.manifest(document, std::nullopt, stop);
  return document.descriptor();
}

std::optional<FoundBill> find_bill(const registry::Puller& puller, const base::Digest& subject, std::stop_token stop) {
  auto newest = newest_bill(puller, subject, stop);
  if (!newest) return std::nullopt;
  return base::within("reading the bill " + newest->digest.text(), [&]() -> FoundBill {
    oci::Manifest manifest = oci::parse_manifest(puller.document(*newest, stop));
    if (!manifest.subject || manifest.subject->digest != subject)
      throw base::Error(base::Kind::corrupt, "the bill speaks of " +
                                                 (manifest.subject ? manifest.subject->digest.text() : "no image") +
                                                 ", not of " + subject.text());
    if (manifest.layers.size() != 1)
      throw base::Error(base::Kind::corrupt,
                        "the bill's artifact has " + std::to_string(manifest.layers.size()) + " layers, one is wanted");
    return {puller.blob_bytes(manifest.layers[0], max_bill_bytes, stop), manifest.layers[0].digest, newest->digest};
  });
}

}  // namespace remote
