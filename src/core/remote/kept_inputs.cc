#include "core/remote/kept_inputs.h"

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/oci/media_type.h"
#include "core/remote/bill_artifact.h"

namespace remote {
namespace {

constexpr std::uint64_t max_package_bytes = 2ull << 30;

}  // namespace

void InputKeeper::add(const std::string& file_name, const base::Digest& digest, std::string_view bytes) {
  for (const auto& layer : layers_)
    if (layer.digest == digest) return;
  oci::Descriptor layer{"application/vnd.debian.binary-package", digest, bytes.size()};
  repository_.pusher().blob(layer, bytes, stop_);
  layer.annotations["org.opencontainers.image.title"] = file_name;
  layers_.push_back(std::move(layer));
}

void InputKeeper::finish(const oci::Descriptor& image) const {
  if (layers_.empty()) return;
  const auto& pusher = repository_.pusher();
  pusher.blob(oci::empty_descriptor(), oci::empty_content, stop_);
  oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest), .config = oci::empty_descriptor()};
  manifest.artifact_type = inputs_media_type;
  manifest.layers = layers_;
  manifest.subject = oci::Descriptor{image.media_type, image.digest, image.size};
  pusher.manifest(oci::write(manifest), std::nullopt, stop_);
}

KeptInputs::KeptInputs(const Repository& repository, std::string image_digest, std::filesystem::path directory,
                       std::stop_token stop)
    : repository_(repository),
      image_digest_(std::move(image_digest)),
      directory_(std::move(directory)),
      stop_(std::move(stop)) {}

std::string KeptInputs::fetch(const base::Digest& digest) {
  std::scoped_lock lock(mutex_);
  if (!layers_) {
    layers_.emplace();
    if (!base::Digest::valid(image_digest_)) return "";
    auto subject = base::Digest::parse(image_digest_);
    for (const auto& artifact : repository_.puller().referrers(subject, inputs_media_type, stop_))
      for (auto& layer : oci::parse_manifest(repository_.puller().document(artifact, stop_)).layers)
        layers_->push_back(std::move(layer));
  }
  for (const auto& layer : *layers_) {
    if (layer.digest != digest) continue;
    std::string name = std::string(digest.hex()) + ".deb";
    base::write_file(directory_ / name, repository_.puller().blob_bytes(layer, max_package_bytes, stop_));
    return name;
  }
  return "";
}

}  // namespace remote
