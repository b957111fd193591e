#include "core/oci/media_type.h"

namespace oci::media_type {
namespace {
constexpr std::string_view restricted_layer = "application/vnd.oci.image.layer.nondistributable.v1.tar";
constexpr std::string_view foreign_layer = "application/vnd.docker.image.rootfs.foreign.diff.tar";
}  // namespace

bool is_manifest(std::string_view type) { return type == manifest || type == docker_manifest; }
bool is_index(std::string_view type) { return type == index || type == docker_list; }
bool is_schema1(std::string_view type) { return type == docker_schema1 || type == docker_schema1_signed; }
bool is_layer(std::string_view type) {
  return type.starts_with(layer) || type.starts_with(docker_layer) || !is_distributable(type);
}
bool is_distributable(std::string_view type) {
  return !type.starts_with(restricted_layer) && !type.starts_with(foreign_layer);
}
bool is_image_config(std::string_view type) { return type == config || type == docker_config; }

}  // namespace oci::media_type
