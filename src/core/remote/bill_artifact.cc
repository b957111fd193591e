#include "core/remote/bill_artifact.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/oci/manifest.h"
#include "core/oci/media_type.h"

namespace remote {
namespace {

constexpr const char* created_annotation = "org.opencontainers.image.created";
constexpr const char* title_annotation = "org.opencontainers.image.title";
constexpr const char* made_from_annotation = "estaleiro.made-from";

std::string annotation(const oci::Descriptor& descriptor, const char* name) {
  auto found = descriptor.annotations.find(name);
  return found == descriptor.annotations.end() ? "" : found->second;
}

std::string created_of(const oci::Descriptor& descriptor) { return annotation(descriptor, created_annotation); }

/// Of that artifact type the one pushed last: RFC 3339 in UTC sorts as text.
std::optional<oci::Descriptor> newest(const std::vector<oci::Descriptor>& referrers, std::string_view type) {
  std::optional<oci::Descriptor> out;
  for (const auto& one : referrers)
    if (one.artifact_type == type &&
        (!out || std::pair(created_of(*out), out->digest) < std::pair(created_of(one), one.digest)))
      out = one;
  return out;
}

bool has_content(const registry::Puller& puller, const oci::Descriptor& artifact, const base::Digest& content,
                 std::stop_token stop) {
  auto manifest = oci::parse_manifest(puller.document(artifact, stop));
  return manifest.layers.size() == 1 && manifest.layers[0].digest == content;
}

}  // namespace

std::vector<oci::Descriptor> push_documents(const registry::Pusher& pusher, const registry::Puller& puller,
                                            const oci::Descriptor& subject, const std::vector<BillDocument>& documents,
                                            const std::string& created, std::stop_token stop) {
  std::vector<oci::Descriptor> artifacts;
  auto referrers = puller.referrers(subject.digest, {}, stop);
  for (const auto& document : documents) {
    auto known = newest(referrers, document.media_type);
    if (known && !document.made_from.empty() && annotation(*known, made_from_annotation) == document.made_from) {
      artifacts.push_back(*known);
      continue;
    }
    const std::string content = document.content();
    oci::Descriptor layer{document.media_type, base::sha256(content), content.size()};
    if (known && has_content(puller, *known, layer.digest, stop)) {
      artifacts.push_back(*known);
      continue;
    }
    layer.annotations[title_annotation] = document.title;
    pusher.blob(oci::empty_descriptor(), oci::empty_content, stop);
    pusher.blob(layer, content, stop);

    oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest), .config = oci::empty_descriptor()};
    manifest.artifact_type = document.media_type;
    manifest.layers = {layer};
    manifest.subject = oci::Descriptor{subject.media_type, subject.digest, subject.size};
    manifest.annotations[created_annotation] = created;
    manifest.annotations[title_annotation] = document.title;
    if (!document.made_from.empty()) manifest.annotations[made_from_annotation] = document.made_from;
    auto written = oci::write(manifest);
    pusher.manifest(written, std::nullopt, stop);
    artifacts.push_back(written.descriptor());
    artifacts.back().annotations = manifest.annotations;
  }
  return artifacts;
}

void push_bill_list(const registry::Pusher& pusher, const oci::Descriptor& subject,
                    const std::vector<oci::Descriptor>& bills, std::stop_token stop) {
  oci::Index list{.media_type = std::string(oci::media_type::index)};
  list.artifact_type = bill_list_media_type;
  list.subject = oci::Descriptor{subject.media_type, subject.digest, subject.size};
  std::string created;
  for (const auto& bill : bills) {
    oci::Descriptor entry{bill.media_type, bill.digest, bill.size};
    entry.artifact_type = bill_media_type;
    entry.platform = bill.platform;
    list.manifests.push_back(std::move(entry));
    created = std::max(created, created_of(bill));
  }
  list.annotations[created_annotation] = created;
  pusher.manifest(oci::write(list), std::nullopt, stop);
}

std::optional<FoundDocument> find_document(const registry::Puller& puller, const base::Digest& subject,
                                           std::string_view media_type, std::stop_token stop) {
  auto artifact = newest(puller.referrers(subject, media_type, stop), media_type);
  if (!artifact) return std::nullopt;
  return base::within("reading the bill " + artifact->digest.text(), [&]() -> FoundDocument {
    oci::Manifest manifest = oci::parse_manifest(puller.document(*artifact, stop));
    if (!manifest.subject || manifest.subject->digest != subject)
      throw base::Error(base::Kind::corrupt, "the bill speaks of " +
                                                 (manifest.subject ? manifest.subject->digest.text() : "no image") +
                                                 ", not of " + subject.text());
    if (manifest.layers.size() != 1)
      throw base::Error(base::Kind::corrupt,
                        "the bill's artifact has " + std::to_string(manifest.layers.size()) + " layers, one is wanted");
    return {puller.blob_bytes(manifest.layers[0], max_bill_bytes, stop), manifest.layers[0].digest, artifact->digest};
  });
}

std::optional<FoundBill> find_bill(const registry::Puller& puller, const base::Digest& subject, std::stop_token stop) {
  auto found = find_document(puller, subject, bill_media_type, stop);
  if (!found) return std::nullopt;
  return FoundBill{std::move(found->content), found->digest, found->artifact};
}

}  // namespace remote
