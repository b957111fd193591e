#include "core/oci/manifest.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/oci/media_type.h"

namespace oci {
namespace {

std::string what(const Document& document) { return document.is_index() ? "index" : "manifest"; }

/// The checks manifest and index share; `foreign` are fields of the other kind.
json::Object open(const json::Value& value, const Document& document, std::initializer_list<const char*> foreign) {
  json::Object object(value, what(document));
  if (auto version = object.integer("schemaVersion"); version != 2)
    throw object.problem("schemaVersion", version ? "is " + std::to_string(*version) + ", 2 is wanted" : "is missing");
  if (auto inner = object.string("mediaType"); inner && *inner != document.media_type)
    throw object.problem(
        "mediaType", "is " + base::quoted(*inner, 100) + " in what came as " + base::quoted(document.media_type, 100));
  for (const char* key : foreign)
    if (object.has(key))
      throw object.problem(key, "does not belong there")
          .fix("manifest and index at once is ambiguous, and so refused (CVE-2021-41190)");
  return object;
}

void check_size(const Document& document) {
  if (document.bytes.size() > max_manifest_bytes)
    throw base::Error(base::Kind::invalid, what(document) + " has " + base::human_bytes(document.bytes.size()) +
                                               ", at most " + base::human_bytes(max_manifest_bytes) + " are read");
}

std::vector<Descriptor> decode_list(json::Object& object, std::string_view key) {
  std::vector<Descriptor> out;
  for (auto& item : object.objects(key)) out.push_back(decode_descriptor(std::move(item)));
  return out;
}

std::optional<Descriptor> decode_optional(json::Object& object, std::string_view key) {
  auto inner = object.object(key);
  if (!inner) return std::nullopt;
  return decode_descriptor(std::move(*inner));
}

json::Ordered encode_list(const std::vector<Descriptor>& descriptors) {
  json::Ordered out = json::Ordered::array();
  for (const auto& descriptor : descriptors) out.push_back(encode(descriptor));
  return out;
}

bool suits(const Descriptor& child, const name::Platform& wanted) {
  if (child.is_attestation()) return false;
  if (child.platform) return wanted.matches(*child.platform);
  // A child that does not say is taken for the usual one, as other clients do.
  return !child.has_platform && child.artifact_type.empty() && media_type::is_manifest(child.media_type) &&
         wanted.os() == "linux" && wanted.architecture() == "amd64";
}

}  // namespace

Document Document::make(std::string media_type, std::string bytes) {
  auto digest = base::sha256(bytes);
  return {std::move(media_type), std::move(bytes), std::move(digest)};
}

bool Document::is_index() const { return media_type::is_index(media_type); }

Descriptor Document::descriptor() const { return {.media_type = media_type, .digest = digest, .size = bytes.size()}; }

std::string Manifest::effective_artifact_type() const {
  return artifact_type.empty() ? config.media_type : artifact_type;
}

Manifest parse_manifest(const Document& document) {
  check_size(document);
  if (media_type::is_schema1(document.media_type))
    throw base::Error(base::Kind::unsupported, "the image is in Docker's obsolete schema 1")
        .fix("push it again with a current client");
  if (!media_type::is_manifest(document.media_type))
    throw base::Error(base::Kind::unsupported, base::quoted(document.media_type, 100) + " is no image manifest");
  auto value = json::parse(document.bytes, "manifest");
  auto object = open(value, document, {"manifests", "fsLayers", "history"});
  auto config = object.object("config");
  if (!config) throw object.problem("config", "is missing");
  Manifest out{.media_type = document.media_type, .config = decode_descriptor(std::move(*config))};
  out.artifact_type = object.string("artifactType").value_or("");
  out.layers = decode_list(object, "layers");
  out.subject = decode_optional(object, "subject");
  out.annotations = object.string_map("annotations");
  return out;
}

Index parse_index(const Document& document) {
  check_size(document);
  if (!document.is_index())
    throw base::Error(base::Kind::unsupported, base::quoted(document.media_type, 100) + " is no image index");
  auto value = json::parse(document.bytes, "index");
  auto object = open(value, document, {"config", "layers", "fsLayers", "history"});
  Index out{.media_type = document.media_type};
  out.artifact_type = object.string("artifactType").value_or("");
  out.manifests = decode_list(object, "manifests");
  out.subject = decode_optional(object, "subject");
  out.annotations = object.string_map("annotations");
  return out;
}

Document write(const Manifest& manifest) {
  json::Ordered out;
  out["schemaVersion"] = 2;
  out["mediaType"] = manifest.media_type;
  if (!manifest.artifact_type.empty()) out["artifactType"] = manifest.artifact_type;
  out["config"] = encode(manifest.config);
  out["layers"] = encode_list(manifest.layers);
  if (manifest.subject) out["subject"] = encode(*manifest.subject);
  if (!manifest.annotations.empty()) out["annotations"] = manifest.annotations;
  return Document::make(manifest.media_type, json::write(out));
}

Document write(const Index& index) {
  json::Ordered out;
  out["schemaVersion"] = 2;
  out["mediaType"] = index.media_type;
  if (!index.artifact_type.empty()) out["artifactType"] = index.artifact_type;
  out["manifests"] = encode_list(index.manifests);
  if (index.subject) out["subject"] = encode(*index.subject);
  if (!index.annotations.empty()) out["annotations"] = index.annotations;
  return Document::make(index.media_type, json::write(out));
}

const Descriptor* find_platform(const Index& index, const name::Platform& wanted) {
  const Descriptor* first = nullptr;
  for (const auto& child : index.manifests) {
    if (!suits(child, wanted)) continue;
    if (!child.platform || *child.platform == wanted) return &child;
    if (!first) first = &child;
  }
  return first;
}

const Descriptor& select_platform(const Index& index, const name::Platform& wanted) {
  if (const auto* found = find_platform(index, wanted)) return *found;
  std::vector<std::string> offered;
  for (const auto& child : index.manifests)
    if (child.platform && !child.is_attestation() && offered.size() < 20) offered.push_back(child.platform->text());
  throw base::Error(base::Kind::not_found, "the image has nothing for platform " + base::quoted(wanted.text()))
      .fix(offered.empty() ? "it names no platform at all" : "it has: " + base::join(offered, ", "));
}

}  // namespace oci
