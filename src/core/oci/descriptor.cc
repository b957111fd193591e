#include "core/oci/descriptor.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/oci/media_type.h"

namespace oci {
namespace {

// Nothing an image needs is larger, and twice the sum of such sizes still fits 64 bits.
constexpr std::uint64_t max_size = std::uint64_t{1} << 50;
constexpr std::size_t max_media_type = 255;  // RFC 6838 §4.2 allows 127 on each side of the '/'

bool valid_media_type(std::string_view text) {
  return text.size() <= max_media_type && text.find('/') != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::optional<name::Platform> decode_platform(json::Object platform) {
  auto os = platform.string("os").value_or(""), architecture = platform.string("architecture").value_or(""),
       variant = platform.string("variant").value_or("");
  if (os.empty() || architecture.empty() || os == "unknown" || architecture == "unknown") return std::nullopt;
  try {
    return name::Platform::make(os, architecture, variant);
  } catch (const base::Error&) {
    return std::nullopt;  // nobody can ask for it, and the rest of the index is none the worse
  }
}

}  // namespace

bool Descriptor::is_attestation() const {
  auto type = annotations.find("vnd.docker.reference.type");
  return type != annotations.end() && type->second == "attestation-manifest";
}

Descriptor decode_descriptor(json::Object object) {
  std::string media_type = object.required_string("mediaType");
  if (!valid_media_type(media_type))
    throw object.problem("mediaType", "is " + base::quoted(media_type, 80) + ", no media type");
  std::string digest = object.required_string("digest");
  if (!base::Digest::valid(digest)) throw object.problem("digest", "is " + base::quoted(digest, 100) + ", no digest");
  auto size = object.integer("size");
  if (!size) throw object.problem("size", "is missing");
  if (*size < 0 || static_cast<std::uint64_t>(*size) > max_size)
    throw object.problem("size",
                         "is " + std::to_string(*size) + ", from 0 to " + std::to_string(max_size) + " is allowed");

  Descriptor out{.media_type = std::move(media_type),
                 .digest = base::Digest::parse(digest),
                 .size = static_cast<std::uint64_t>(*size)};
  out.artifact_type = object.string("artifactType").value_or("");
  out.annotations = object.string_map("annotations");
  out.urls = object.strings("urls");
  if (auto platform = object.object("platform")) {
    out.platform = decode_platform(*platform);
    out.has_platform = true;
  }
  if (auto data = object.string("data")) {
    try {
      out.data = base::from_base64(*data);
    } catch (const base::Error&) {
      throw object.problem("data", "is not base64");
    }
    if (out.data->size() != out.size || base::hash_hex(out.digest.algorithm(), *out.data) != out.digest.hex())
      throw object.problem("data", "is not what size and digest say");
  }
  return out;
}

json::Ordered encode(const Descriptor& descriptor) {
  json::Ordered out;
  out["mediaType"] = descriptor.media_type;
  out["digest"] = descriptor.digest.text();
  out["size"] = descriptor.size;
  if (!descriptor.urls.empty()) out["urls"] = descriptor.urls;
  if (!descriptor.annotations.empty()) out["annotations"] = descriptor.annotations;
  if (descriptor.data) out["data"] = base::to_base64(*descriptor.data);
  if (!descriptor.artifact_type.empty()) out["artifactType"] = descriptor.artifact_type;
  if (descriptor.platform) {
    json::Ordered platform;
    platform["architecture"] = descriptor.platform->architecture();
    platform["os"] = descriptor.platform->os();
    if (!descriptor.platform->variant().empty()) platform["variant"] = descriptor.platform->variant();
    out["platform"] = platform;
  } else if (descriptor.has_platform) {
    out["platform"] = {{"architecture", "unknown"}, {"os", "unknown"}};
  }
  return out;
}

const Descriptor& empty_descriptor() {
  static const Descriptor empty{.media_type = std::string(media_type::empty),
                                .digest = base::sha256(empty_content),
                                .size = empty_content.size(),
                                .data = std::string(empty_content)};
  return empty;
}

}  // namespace oci
