#pragma once

#include <string_view>

/// Media types of images (image-spec 1.1 media-types.md; Docker image manifest version 2, schema 2).
namespace oci::media_type {

inline constexpr std::string_view manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view index = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view config = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view layer = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view layer_gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view layer_zstd = "application/vnd.oci.image.layer.v1.tar+zstd";
inline constexpr std::string_view empty = "application/vnd.oci.empty.v1+json";

inline constexpr std::string_view docker_manifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view docker_list = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view docker_config = "application/vnd.docker.container.image.v1+json";
inline constexpr std::string_view docker_layer = "application/vnd.docker.image.rootfs.diff.tar";
inline constexpr std::string_view docker_layer_gzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";

inline constexpr std::string_view docker_schema1 = "application/vnd.docker.distribution.manifest.v1+json";
inline constexpr std::string_view docker_schema1_signed = "application/vnd.docker.distribution.manifest.v1+prettyjws";

inline constexpr std::string_view in_toto = "application/vnd.in-toto+json";

/// Every manifest type we may be given, as the value of an Accept header.
inline constexpr std::string_view accept_manifests =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.v1+prettyjws, application/vnd.docker.distribution.manifest.v1+json";

bool is_manifest(std::string_view type);       ///< OCI or Docker schema 2
bool is_index(std::string_view type);          ///< OCI index or Docker list
bool is_schema1(std::string_view type);        ///< obsolete, cannot be verified or converted: refused with a fix
bool is_layer(std::string_view type);          ///< a filesystem layer of any compression, restricted ones included
bool is_distributable(std::string_view type);  ///< false for the deprecated non-distributable and foreign layers
bool is_image_config(std::string_view type);   ///< OCI or Docker

}  // namespace oci::media_type
