#include "core/registry/pusher.h"

#include "core/base/text.h"
#include "core/oci/media_type.h"
#include "core/registry/referrers.h"
#include "core/registry/upload.h"

namespace registry {
namespace {

Scope push_scope(const name::Repository& repository) { return {repository.path(), "pull,push"}; }

std::optional<oci::Descriptor> subject_of(const oci::Document& document) {
  if (document.is_index()) return oci::parse_index(document).subject;
  if (oci::media_type::is_manifest(document.media_type)) return oci::parse_manifest(document).subject;
  return std::nullopt;
}

/// As the referrers list shows it: artifact type and annotations come along (distribution-spec 1.1).
oci::Descriptor as_referrer(const oci::Document& document) {
  auto out = document.descriptor();
  if (document.is_index()) {
    auto index = oci::parse_index(document);
    out.artifact_type = std::move(index.artifact_type);
    out.annotations = std::move(index.annotations);
  } else {
    auto manifest = oci::parse_manifest(document);
    out.artifact_type = manifest.effective_artifact_type();
    out.annotations = std::move(manifest.annotations);
  }
  return out;
}

}  // namespace

Pusher::Pusher(Endpoint endpoint) : endpoint_(std::move(endpoint)) {}

bool Pusher::has_blob(const base::Digest& digest, std::stop_token stop) const {
  auto response = endpoint_.client->send({.method = "HEAD",
                                          .target = "/v2/" + repository().path() + "/blobs/" + digest.text(),
                                          .scopes = {push_scope(repository())},
                                          .accept = {404}},
                                         stop);
  return response.ok();
}

Delivery Pusher::blob(const oci::Descriptor& descriptor, http::Source& source, const BlobOptions& options,
                      std::stop_token stop) const {
  if (auto size = source.size(); size && *size != descriptor.size)
    throw base::Error(base::Kind::invalid, "blob " + descriptor.digest.text() + " has " + std::to_string(*size) +
                                               " bytes, its descriptor says " + std::to_string(descriptor.size));
  if (has_blob(descriptor.digest, stop)) return Delivery::present;
  return Upload(endpoint_, descriptor, source, options).run(stop);
}

Delivery Pusher::blob(const oci::Descriptor& descriptor, std::string_view bytes, std::stop_token stop) const {
  http::BytesSource source(bytes);
  return blob(descriptor, source, {}, stop);
}

void Pusher::manifest(const oci::Document& document, std::optional<name::Tag> tag, std::stop_token stop) const {
  auto subject = subject_of(document);
  http::BytesSource body(document.bytes);
  auto response = endpoint_.client->send(
      {.method = "PUT",
       .target = "/v2/" + repository().path() + "/manifests/" + (tag ? tag->text() : document.digest.text()),
       .scopes = {push_scope(repository())},
       .headers = {{"Content-Type", document.media_type}},
       .body = &body,
       .patience = upload_patience},
      stop);
  auto stored = response.headers.get("Docker-Content-Digest");
  if (stored && base::Digest::valid(*stored) && *stored != document.digest.text() &&
      base::Digest::parse(*stored).algorithm() == document.digest.algorithm())
    throw base::Error(base::Kind::corrupt,
                      "manifest " + document.digest.text() + " was sent, the registry stored " + *stored);
  if (subject && response.headers.get("OCI-Subject").value_or("") != subject->digest.text())
    registry::add_to_fallback_tag(endpoint_, subject->digest, as_referrer(document), stop);
}

std::optional<oci::Descriptor> Pusher::resolve(std::string_view tag_or_digest, std::stop_token stop) const {
  return Puller(endpoint_).resolve(tag_or_digest, stop);
}

std::vector<std::string> Pusher::tags(std::stop_token stop) const { return Puller(endpoint_).tags(stop); }

bool Pusher::remove(std::string_view tag_or_digest, std::stop_token stop) const {
  if (!base::Digest::valid(tag_or_digest)) name::Tag::parse(tag_or_digest);
  auto response =
      endpoint_.client->send({.method = "DELETE",
                              .target = "/v2/" + repository().path() + "/manifests/" + std::string(tag_or_digest),
                              .scopes = {{repository().path(), "delete,pull,push"}},
                              .accept = {400, 404, 405}},
                             stop);
  if (response.status == 404) return false;
  if (response.ok()) return true;
  throw base::Error(base::Kind::unsupported, "registry " + base::quoted(repository().registry().text()) +
                                                 " does not delete " +
                                                 (base::Digest::valid(tag_or_digest) ? "manifests" : "tags") +
                                                 " (status " + std::to_string(response.status) + ")")
      .fix("deletion has to be enabled in the registry");
}

}  // namespace registry
