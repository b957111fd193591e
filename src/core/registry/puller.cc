#include "core/registry/puller.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "core/base/text.h"
#include "core/json/decode.h"
#include "core/oci/media_type.h"
#include "core/registry/blob_reader.h"
#include "core/registry/link.h"
#include "core/registry/manifest_reply.h"
#include "core/registry/referrers.h"

namespace registry {
namespace {

constexpr std::size_t max_tags = 200'000;
constexpr std::size_t max_tag_pages = 4'000;       // of fifty at least
constexpr std::size_t max_unclear_referrers = 50;  // each costs a request
// registry 2.8 sends all tags at once, 128 characters each at most.
constexpr std::uint64_t max_tag_page_bytes = 32 * 1024 * 1024;

std::string manifest_target(const name::Repository& repository, std::string_view reference) {
  return "/v2/" + repository.path() + "/manifests/" + std::string(reference);
}

void check_reference(std::string_view reference) {
  if (!base::Digest::valid(reference)) name::Tag::parse(reference);
}

/// nullopt: the registry's answer leaves open what the manifest is, so it has to be read.
std::optional<std::optional<oci::Descriptor>> head(const Endpoint& endpoint, std::string_view reference,
                                                   std::stop_token stop) {
  Client::Call call{.method = "HEAD",
                    .target = manifest_target(endpoint.repository, reference),
                    .scopes = {{endpoint.repository.path()}},
                    .headers = {{"Accept", std::string(oci::media_type::accept_manifests)}},
                    .accept = {404}};
  return http::with_retries(endpoint.client->retries(), stop, [&]() -> std::optional<std::optional<oci::Descriptor>> {
    try {
      auto response = endpoint.client->send_once(call, stop);
      if (response.status == 404) return std::optional<oci::Descriptor>();
      auto descriptor = described(response, reference);
      if (!descriptor) return std::nullopt;
      return descriptor;
    } catch (const Error& error) {
      // A HEAD has no body to say what is wrong, and some servers know only GET. More requests are no cure for 429.
      if (error.status() == 429 || error.status() == 408) throw;
      return std::nullopt;
    }
  });
}

std::optional<oci::Document> get(const Endpoint& endpoint, std::string_view reference, std::stop_token stop) {
  auto response = endpoint.client->send({.target = manifest_target(endpoint.repository, reference),
                                         .scopes = {{endpoint.repository.path()}},
                                         .headers = {{"Accept", std::string(oci::media_type::accept_manifests)}},
                                         .max_body_bytes = oci::max_manifest_bytes,
                                         .accept = {404}},
                                        stop);
  if (response.status == 404) return std::nullopt;
  return document_of(std::move(response), reference);
}

TagPage read_page(const http::Response& response) {
  TagPage page;
  page.mark = response.headers.get("ETag").value_or("");
  auto value = parse_reply(response, "tag list");
  for (auto& tag : json::Object(value, "tag list").strings("tags"))
    if (name::Tag::valid(tag)) page.tags.push_back(std::move(tag));  // nothing could be asked about another
  if (auto next = next_link(response.headers)) page.next = next_page(http::Url::parse(response.url), *next);
  return page;
}

TagPage tag_page(const Endpoint& endpoint, const std::string& target, std::stop_token stop, TagPages* known) {
  const std::string name = endpoint.repository.registry().text() + " " + target;
  auto before = known ? known->find(name) : std::nullopt;
  Client::Call call{.target = target,
                    .scopes = {{endpoint.repository.path()}},
                    .max_body_bytes = max_tag_page_bytes,
                    .accept = {404}};
  if (before) {
    call.headers.set("If-None-Match", before->mark);
    call.accept.push_back(304);
  }
  auto response = endpoint.client->send(call, stop);
  if (response.status == 404) return {};
  if (response.status == 304) return *std::move(before);
  auto page = read_page(response);
  if (known && !page.mark.empty()) known->keep(name, page);
  return page;
}

std::vector<std::string> list_tags(const Endpoint& endpoint, std::stop_token stop, TagPages* known) {
  std::vector<std::string> tags;
  std::set<std::string> seen;
  // ECR rejects n > 1000.
  std::string target = "/v2/" + endpoint.repository.path() + "/tags/list?n=1000";
  while (seen.insert(target).second) {
    if (seen.size() > max_tag_pages)
      throw base::Error(base::Kind::corrupt, "the tag list of " + base::quoted(endpoint.repository.text()) +
                                                 " does not end after " + std::to_string(max_tag_pages) + " pages");
    auto page = tag_page(endpoint, target, stop, known);
    if (tags.size() + page.tags.size() > max_tags)
      throw base::Error(base::Kind::invalid, "repository " + base::quoted(endpoint.repository.text()) +
                                                 " has more than " + std::to_string(max_tags) + " tags");
    std::move(page.tags.begin(), page.tags.end(), std::back_inserter(tags));
    if (page.next.empty()) return tags;
    target = page.next;
  }
  throw base::Error(base::Kind::corrupt, "the tag list of " + base::quoted(endpoint.repository.text()) +
                                             " leads back to a page that was read already");
}

bool has_something(const std::vector<std::string>& list) { return !list.empty(); }
template <class Value>
bool has_something(const std::optional<Value>& value) {
  return value.has_value();
}

}  // namespace

Puller::Puller(Endpoint origin, std::optional<Endpoint> mirror)
    : origin_(std::move(origin)), mirror_(std::move(mirror)) {}

void Puller::leave_mirror(const base::Error& error) const {
  if (!mirror_failed_.exchange(true))
    origin_.client->log("mirror " + base::quoted(mirror_->repository.registry().text()) +
                        " is left alone: " + error.message());
}

/// The mirror's answer if it has one, else the origin's. A mirror that fails is not asked again.
template <class Operation>
auto Puller::first_of(Operation operation) const {
  if (mirror_ && !mirror_failed_) {
    try {
      auto found = operation(*mirror_);
      if (has_something(found)) return found;
    } catch (const base::Error& error) {
      if (error.kind() == base::Kind::cancelled) throw;
      leave_mirror(error);
    }
  }
  return operation(origin_);
}

std::optional<oci::Descriptor> Puller::resolve(std::string_view tag_or_digest, std::stop_token stop) const {
  check_reference(tag_or_digest);
  return first_of([&](const Endpoint& endpoint) -> std::optional<oci::Descriptor> {
    if (auto decided = head(endpoint, tag_or_digest, stop)) return *decided;
    auto document = get(endpoint, tag_or_digest, stop);
    if (!document) return std::nullopt;
    return document->descriptor();
  });
}

std::optional<oci::Document> Puller::manifest(std::string_view tag_or_digest, std::stop_token stop) const {
  check_reference(tag_or_digest);
  return first_of([&](const Endpoint& endpoint) { return get(endpoint, tag_or_digest, stop); });
}

oci::Document Puller::document(const oci::Descriptor& descriptor, std::stop_token stop) const {
  if (descriptor.data) return {descriptor.media_type, *descriptor.data, descriptor.digest};
  const std::string& digest = descriptor.digest.text();
  if (descriptor.size > oci::max_manifest_bytes)
    throw base::Error(base::Kind::invalid, "manifest " + digest + " has " + base::human_bytes(descriptor.size) +
                                               ", at most " + base::human_bytes(oci::max_manifest_bytes) + " are read");
  auto found = manifest(digest, stop);
  if (!found)
    throw base::Error(base::Kind::not_found,
                      "repository " + base::quoted(repository().text()) + " lacks manifest " + digest);
  if (found->bytes.size() != descriptor.size)
    throw base::Error(base::Kind::corrupt, "manifest " + digest + " has " + std::to_string(found->bytes.size()) +
                                               " bytes, its descriptor says " + std::to_string(descriptor.size));
  if (found->media_type != descriptor.media_type)
    throw base::Error(base::Kind::corrupt, "manifest " + digest + " is " + base::quoted(found->media_type, 100) +
                                               ", its descriptor says " + base::quoted(descriptor.media_type, 100));
  return *std::move(found);
}

void Puller::blob(const oci::Descriptor& descriptor, const http::Sink& sink, std::stop_token stop) const {
  if (descriptor.data) return sink(std::as_bytes(std::span(descriptor.data->data(), descriptor.data->size())));
  BlobReader reader(descriptor, sink);
  if (mirror_ && !mirror_failed_) {
    try {
      reader.read_from(*mirror_, stop);
      return reader.verify();
    } catch (const http::Error& error) {
      // What came so far is kept: the origin goes on from there.
      if (error.kind() != base::Kind::not_found) leave_mirror(error);
    }
  }
  reader.read_from(origin_, stop);
  reader.verify();
}

std::string Puller::blob_bytes(const oci::Descriptor& descriptor, std::uint64_t max_bytes, std::stop_token stop) const {
  if (descriptor.size > max_bytes)
    throw base::Error(base::Kind::invalid, "blob " + descriptor.digest.text() + " has " +
                                               base::human_bytes(descriptor.size) + ", at most " +
                                               base::human_bytes(max_bytes) + " are read");
  std::string out;
  blob(
      descriptor,
      [&](std::span<const std::byte> piece) { out.append(reinterpret_cast<const char*>(piece.data()), piece.size()); },
      stop);
  return out;
}

oci::ImageConfig Puller::config(const oci::Manifest& manifest, std::stop_token stop) const {
  if (!oci::media_type::is_image_config(manifest.config.media_type))
    throw base::Error(base::Kind::unsupported,
                      "the manifest is no image: its config is " + base::quoted(manifest.config.media_type, 100));
  return oci::parse_config(blob_bytes(manifest.config, oci::max_config_bytes, stop));
}

std::vector<std::string> Puller::tags(std::stop_token stop, TagPages* known) const {
  return first_of([&](const Endpoint& endpoint) { return list_tags(endpoint, stop, known); });
}

std::vector<oci::Descriptor> Puller::referrers(const base::Digest& subject, std::string_view artifact_type,
                                               std::stop_token stop) const {
  // A mirror may keep the image and not what refers to it: only the origin knows.
  if (auto found = referrers_by_api(origin_, subject, artifact_type, stop)) return *std::move(found);
  auto document = get(origin_, fallback_tag(subject), stop);
  if (!document || !document->is_index()) return {};
  auto list = oci::parse_index(*document).manifests;
  // cosign's entries there carry the type of the config, which is empty: the manifest knows better.
  std::size_t unclear = 0;
  for (auto& entry : list) {
    if (entry.artifact_type != oci::media_type::empty || ++unclear > max_unclear_referrers) continue;
    auto manifest = get(origin_, entry.digest.text(), stop);
    if (manifest && !manifest->is_index()) entry.artifact_type = oci::parse_manifest(*manifest).artifact_type;
  }
  return of_artifact_type(std::move(list), artifact_type);
}

}  // namespace registry
