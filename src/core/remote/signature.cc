#include "core/remote/signature.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/oci/media_type.h"
#include "core/registry/referrers.h"
#include "core/sign/statement.h"

namespace remote {
namespace {

using oci::Descriptor;

constexpr std::size_t max_signatures = 100;
constexpr std::uint64_t max_signature_bytes = 1u << 20;
constexpr int max_rounds = 8;

std::string signature_tag(const base::Digest& subject) { return registry::fallback_tag(subject) + ".sig"; }

/// What lies at the signature tag; empty if nothing does. A mirror may have an older one.
oci::Manifest at_tag(const registry::Puller& puller, const base::Digest& subject, std::stop_token stop) {
  auto document = puller.origin().manifest(signature_tag(subject), stop);
  if (document && !document->is_index()) return oci::parse_manifest(*document);
  return {.media_type = std::string(oci::media_type::manifest), .config = oci::empty_descriptor()};
}

bool layer_verifies(const registry::Puller& puller, const Descriptor& layer, const base::Digest& subject,
                    const sign::PublicKey& key, std::stop_token stop) {
  auto signature = layer.annotations.find(std::string(sign::signature_annotation));
  if (layer.media_type != sign::payload_media_type || signature == layer.annotations.end() ||
      layer.size > max_signature_bytes)
    return false;
  return sign::verifies(key, puller.blob_bytes(layer, max_signature_bytes, stop), signature->second, subject);
}

bool any_verifies(const registry::Puller& puller, const oci::Manifest& signatures, const base::Digest& subject,
                  const sign::PublicKey& key, std::stop_token stop) {
  const auto count = std::min(signatures.layers.size(), max_signatures);
  return std::any_of(signatures.layers.begin(), signatures.layers.begin() + static_cast<std::ptrdiff_t>(count),
                     [&](const Descriptor& layer) { return layer_verifies(puller, layer, subject, key, stop); });
}

bool has_bundle(const registry::Puller& puller, const base::Digest& subject, const sign::PublicKey& key,
                std::stop_token stop) {
  auto found = puller.referrers(subject, sign::bundle_media_type, stop);
  if (found.size() > max_signatures) found.resize(max_signatures, oci::empty_descriptor());
  return std::any_of(found.begin(), found.end(), [&](const Descriptor& entry) {
    auto manifest = oci::parse_manifest(puller.document(entry, stop));
    if (manifest.layers.size() != 1 || manifest.layers[0].size > max_signature_bytes) return false;
    return sign::verifies_bundle(key, puller.blob_bytes(manifest.layers[0], max_signature_bytes, stop), subject);
  });
}

/// cosign puts an ordinary image's config there.
std::string config_of(const std::vector<Descriptor>& layers) {
  oci::ImageConfig config;
  for (const auto& layer : layers) config.diff_ids.push_back(layer.digest);
  return oci::write(config);
}

/// PUT replaces what another signer may have put there in the meantime: reading back shows whether ours survived.
void push_to_tag(const registry::Pusher& pusher, const registry::Puller& puller, const base::Digest& subject,
                 const sign::PrivateKey& key, std::stop_token stop) {
  const auto public_key = key.public_key();
  const auto payload = sign::payload(pusher.repository().text(), subject);
  Descriptor layer{std::string(sign::payload_media_type), base::sha256(payload), payload.size()};
  layer.annotations[std::string(sign::signature_annotation)] = base::to_base64(key.sign(payload));
  for (int round = 0; round < max_rounds; ++round) {
    auto manifest = at_tag(puller, subject, stop);
    if (any_verifies(puller, manifest, subject, public_key, stop)) return;
    manifest.layers.push_back(layer);
    const auto config = config_of(manifest.layers);
    manifest.config = {std::string(oci::media_type::config), base::sha256(config), config.size()};
    pusher.blob(layer, payload, stop);
    pusher.blob(manifest.config, config, stop);
    pusher.manifest(oci::write(manifest), name::Tag::parse(signature_tag(subject)), stop);
  }
  throw base::Error(base::Kind::unavailable,
                    "the signatures of " + subject.text() + " are changed by others all the time");
}

void push_bundle(const registry::Pusher& pusher, const Descriptor& subject, const sign::PrivateKey& key,
                 const std::string& created, std::stop_token stop) {
  const auto bundle = sign::bundle(key, subject.digest);
  const Descriptor layer{std::string(sign::bundle_media_type), base::sha256(bundle), bundle.size()};
  pusher.blob(oci::empty_descriptor(), oci::empty_content, stop);
  pusher.blob(layer, bundle, stop);
  oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest), .config = oci::empty_descriptor()};
  manifest.artifact_type = sign::bundle_media_type;
  manifest.layers = {layer};
  manifest.subject = Descriptor{subject.media_type, subject.digest, subject.size};
  manifest.annotations = {{"org.opencontainers.image.created", created},
                          {"dev.sigstore.bundle.content", "dsse-envelope"},
                          {"dev.sigstore.bundle.predicateType", std::string(sign::bundle_predicate)}};
  pusher.manifest(oci::write(manifest), std::nullopt, stop);
}

}  // namespace

void push_signature(const registry::Pusher& pusher, const registry::Puller& puller, const Descriptor& subject,
                    const sign::PrivateKey& key, const std::string& created, std::stop_token stop) {
  base::within("signing " + subject.digest.text(), [&] {
    push_to_tag(pusher, puller, subject.digest, key, stop);
    if (!has_bundle(puller, subject.digest, key.public_key(), stop)) push_bundle(pusher, subject, key, created, stop);
  });
}

bool is_signed(const registry::Puller& puller, const base::Digest& subject, const sign::PublicKey& key,
               std::stop_token stop) {
  return has_bundle(puller, subject, key, stop) ||
         any_verifies(puller, at_tag(puller, subject, stop), subject, key, stop);
}

void require_signature(const registry::Puller& puller, const base::Digest& subject, const sign::PublicKey& key,
                       std::stop_token stop) {
  if (is_signed(puller, subject, key, stop)) return;
  throw base::Error(base::Kind::denied, subject.text() + " has no signature by the key in source.cosign")
      .fix("sign it with the private key that belongs to source.cosign.public_key, or find out who pushed it");
}

}  // namespace remote
