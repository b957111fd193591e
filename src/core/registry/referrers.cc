#include "core/registry/referrers.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "core/oci/media_type.h"
#include "core/registry/link.h"
#include "core/registry/manifest_reply.h"

namespace registry {
namespace {

constexpr std::size_t max_referrers = 10'000;
constexpr std::size_t max_referrer_pages = 1'000;
constexpr int max_rounds = 20;

/// The list at the fallback tag, with what a conditional PUT needs.
struct Fallback {
  oci::Document document;
  std::optional<std::string> etag;
};

std::optional<Fallback> read_fallback(const Endpoint& endpoint, const std::string& tag, std::stop_token stop) {
  auto response = endpoint.client->send({.target = "/v2/" + endpoint.repository.path() + "/manifests/" + tag,
                                         .scopes = {{endpoint.repository.path(), "pull,push"}},
                                         .headers = {{"Accept", std::string(oci::media_type::accept_manifests)}},
                                         .max_body_bytes = oci::max_manifest_bytes,
                                         .accept = {404}},
                                        stop);
  if (response.status == 404) return std::nullopt;
  auto etag = response.headers.get("ETag");
  auto document = document_of(std::move(response), tag);
  if (!document.is_index())
    throw base::Error(base::Kind::unsupported,
                      "tag " + base::quoted(tag) + " of " + base::quoted(endpoint.repository.text()) +
                          " should hold the list of referrers and holds " + base::quoted(document.media_type, 100))
        .fix("delete that tag, or find out who put it there");
  return Fallback{std::move(document), std::move(etag)};
}

bool lists(const std::optional<Fallback>& fallback, const base::Digest& digest) {
  if (!fallback) return false;
  auto index = oci::parse_index(fallback->document);
  return std::any_of(index.manifests.begin(), index.manifests.end(), [&](const auto& d) { return d.digest == digest; });
}

/// Done on the JSON, so that what others wrote there stays as it was.
std::string appended(const std::optional<Fallback>& fallback, const oci::Descriptor& entry) {
  if (!fallback)
    return oci::write(oci::Index{.media_type = std::string(oci::media_type::index), .manifests = {entry}}).bytes;
  auto value = json::Ordered::parse(fallback->document.bytes);
  if (!value["manifests"].is_array()) value["manifests"] = json::Ordered::array();
  value["manifests"].push_back(oci::encode(entry));
  return json::write(value);
}

/// False if another writer was quicker and the registry said so.
bool write_fallback(const Endpoint& endpoint, const std::string& tag, const std::optional<Fallback>& old,
                    const oci::Descriptor& entry, std::stop_token stop) {
  auto bytes = appended(old, entry);
  http::BytesSource body(bytes);
  Client::Call call{.method = "PUT",
                    .target = "/v2/" + endpoint.repository.path() + "/manifests/" + tag,
                    .scopes = {{endpoint.repository.path(), "pull,push"}},
                    .headers = {{"Content-Type", old ? old->document.media_type : std::string(oci::media_type::index)}},
                    .body = &body,
                    .accept = {412}};
  if (old && old->etag) call.headers.set("If-Match", *old->etag);
  return endpoint.client->send(call, stop).status != 412;
}

}  // namespace

std::string fallback_tag(const base::Digest& subject) {
  return std::string(subject.algorithm().substr(0, 32)) + "-" + std::string(subject.hex().substr(0, 64));
}

std::vector<oci::Descriptor> of_artifact_type(std::vector<oci::Descriptor> list, std::string_view artifact_type) {
  if (!artifact_type.empty())
    std::erase_if(list, [&](const oci::Descriptor& entry) { return entry.artifact_type != artifact_type; });
  return list;
}

std::optional<std::vector<oci::Descriptor>> referrers_by_api(const Endpoint& endpoint, const base::Digest& subject,
                                                             std::string_view artifact_type, std::stop_token stop) {
  std::vector<oci::Descriptor> out;
  std::set<std::string> seen;
  std::string target = "/v2/" + endpoint.repository.path() + "/referrers/" + subject.text();
  if (!artifact_type.empty()) target += "?artifactType=" + base::url_encode(artifact_type);
  while (seen.insert(target).second) {
    if (seen.size() > max_referrer_pages)
      throw base::Error(base::Kind::corrupt, "the list of referrers of " + subject.text() + " does not end after " +
                                                 std::to_string(max_referrer_pages) + " pages");
    auto response = endpoint.client->send({.target = target,
                                           .scopes = {{endpoint.repository.path()}},
                                           .headers = {{"Accept", std::string(oci::media_type::index)}},
                                           .max_body_bytes = oci::max_manifest_bytes,
                                           .accept = {400, 404, 405, 406}},
                                          stop);
    // Registries without this API say so in many ways, a web interface that answers everything with a page included.
    if (!response.ok() || content_type(response) != oci::media_type::index) {
      if (seen.size() == 1) return std::nullopt;
      throw base::Error(base::Kind::corrupt, "the list of referrers of " + subject.text() + " breaks off");
    }
    auto next = next_link(response.headers);
    auto page_url = http::Url::parse(response.url);
    auto index = oci::parse_index(oci::Document::make(std::string(oci::media_type::index), std::move(response.body)));
    for (auto& entry : index.manifests) {
      if (out.size() == max_referrers)
        throw base::Error(base::Kind::invalid, subject.text() + " has more than 10000 referrers");
      out.push_back(std::move(entry));
    }
    // Filtering again costs nothing and does not depend on OCI-Filters-Applied being true.
    if (!next) return of_artifact_type(std::move(out), artifact_type);
    target = next_page(page_url, *next);
  }
  throw base::Error(base::Kind::corrupt,
                    "the list of referrers of " + subject.text() + " leads back to a page that was read already");
}

void add_to_fallback_tag(const Endpoint& endpoint, const base::Digest& subject, const oci::Descriptor& entry,
                         std::stop_token stop) {
  const auto tag = fallback_tag(subject);
  auto& clock = endpoint.client->clock();
  for (int round = 0; round < max_rounds; ++round) {
    // PUT is not atomic with the GET before it: reading back shows whether our entry survived (or was there already).
    auto old = read_fallback(endpoint, tag, stop);
    if (lists(old, entry.digest)) return;
    if (round > 0)
      clock.sleep(
          std::chrono::milliseconds(static_cast<int>(std::min(1000, 50 << std::min(round, 5)) * clock.random())), stop);
    write_fallback(endpoint, tag, old, entry, stop);
  }
  throw base::Error(base::Kind::unavailable, "tag " + base::quoted(tag) + " of " +
                                                 base::quoted(endpoint.repository.text()) +
                                                 " is changed by others all the time");
}

}  // namespace registry
