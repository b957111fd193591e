#include "in/image.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/oci/media_type.h"

namespace in {
namespace {
constexpr int max_nesting = 8;
}  // namespace

oci::Document fetch_document(const registry::Puller& puller, const base::Digest& digest, std::stop_token stop) {
  auto document = puller.manifest(digest.text(), stop);
  if (!document)
    throw base::Error(base::Kind::not_found, puller.repository().text() + " has no image " + digest.text())
        .fix("the registry may have removed it: check the resource again, or pin another version");
  return *std::move(document);
}

Image fetch_image(const registry::Puller& puller, oci::Document document, const name::Platform& platform,
                  std::stop_token stop) {
  for (int nesting = 0; document.is_index(); nesting++) {
    if (nesting == max_nesting)
      throw base::Error(base::Kind::corrupt, "indexes nest deeper than " + std::to_string(max_nesting));
    document = puller.document(oci::select_platform(oci::parse_index(document), platform), stop);
  }
  auto manifest = oci::parse_manifest(document);
  if (!oci::media_type::is_image_config(manifest.config.media_type))
    throw base::Error(base::Kind::unsupported, document.digest.text() + " is an artifact of type " +
                                                   base::quoted(manifest.effective_artifact_type()) + ", not an image")
        .fix("fetch it with format: oci-layout");
  auto config_bytes = puller.blob_bytes(manifest.config, oci::max_config_bytes, stop);
  auto config = oci::parse_config(config_bytes);
  if (config.diff_ids.size() != manifest.layers.size())
    throw base::Error(base::Kind::corrupt,
                      "manifest " + document.digest.text() + " has " + std::to_string(manifest.layers.size()) +
                          " layers and its config speaks of " + std::to_string(config.diff_ids.size()));
  return {std::move(document), std::move(manifest), std::move(config_bytes), std::move(config)};
}

}  // namespace in
