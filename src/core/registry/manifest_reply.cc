#include "core/registry/manifest_reply.h"

#include "core/base/redact_url.h"
#include "core/base/text.h"
#include "core/http/url.h"
#include "core/oci/media_type.h"

namespace registry {
namespace {

base::Error mismatch(std::string_view reference, std::string_view found) {
  return base::Error(base::Kind::corrupt, "manifest " + std::string(reference) + " was asked for, the registry gives " +
                                              base::quoted(found, 140));
}

std::optional<base::Digest> stated_digest(const http::Response& response) {
  auto text = response.headers.get("Docker-Content-Digest");
  if (!text || !base::Digest::valid(*text)) return std::nullopt;
  return base::Digest::parse(*text);
}

base::Digest checked_digest(const http::Response& response, std::string_view reference) {
  std::optional<base::Digest> wanted;
  if (base::Digest::valid(reference))
    wanted = base::Digest::parse(reference);
  else
    wanted = stated_digest(response);
  if (!wanted) return base::sha256(response.body);
  auto found = std::string(wanted->algorithm()) + ":" + base::hash_hex(wanted->algorithm(), response.body);
  if (found == wanted->text()) return *wanted;
  if (base::Digest::valid(reference)) throw mismatch(reference, found);
  throw base::Error(base::Kind::corrupt, "manifest " + base::quoted(reference, 140) + " has digest " + found +
                                             ", the registry says " + wanted->text());
}

bool known(std::string_view type) {
  using namespace oci::media_type;
  return is_manifest(type) || is_index(type) || is_schema1(type);
}

/// Registries on plain file servers send "application/json" or "text/plain": then the content has to say.
std::string stated_media_type(const http::Response& response) {
  auto value = parse_reply(response, "manifest");
  json::Object object(value, "manifest");
  if (auto type = object.string("mediaType"); type && known(*type)) return *type;
  if (object.has("fsLayers")) return std::string(oci::media_type::docker_schema1);
  if (object.has("manifests")) return std::string(oci::media_type::index);
  if (object.has("config")) return std::string(oci::media_type::manifest);
  throw base::Error(base::Kind::corrupt, "GET " + base::redact_url(response.url) + " answers with " +
                                             base::quoted(content_type(response), 100) + ", no manifest");
}

}  // namespace

std::string content_type(const http::Response& response) {
  auto value = response.headers.get("Content-Type").value_or("");
  return base::lower(base::trim(std::string_view(value).substr(0, value.find(';'))));
}

json::Value parse_reply(const http::Response& response, std::string_view what) {
  try {
    return json::parse(response.body, what);
  } catch (const base::Error& error) {
    auto type = content_type(response);
    throw base::Error(base::Kind::corrupt, "GET " + base::redact_url(response.url) + " gives no " + std::string(what) +
                                               " but " + base::quoted(type.empty() ? "something" : type, 100) + ": " +
                                               error.message())
        .fix("check that the host is a registry, and what a proxy in between does");
  }
}

std::optional<oci::Descriptor> described(const http::Response& response, std::string_view reference) {
  auto digest = stated_digest(response);
  auto size = response.content_length();
  auto type = content_type(response);
  if (!digest || !size || !known(type)) return std::nullopt;
  if (base::Digest::valid(reference) && digest->text() != reference) throw mismatch(reference, digest->text());
  return oci::Descriptor{.media_type = std::move(type), .digest = *std::move(digest), .size = *size};
}

oci::Document document_of(http::Response response, std::string_view reference) {
  auto type = content_type(response);
  if (!known(type)) type = stated_media_type(response);
  auto digest = checked_digest(response, reference);
  return {std::move(type), std::move(response.body), std::move(digest)};
}

}  // namespace registry
