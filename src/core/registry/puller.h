#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/name/reference.h"
#include "core/oci/config.h"
#include "core/oci/manifest.h"
#include "core/registry/client.h"
#include "core/registry/tag_pages.h"

namespace registry {

/// A repository reached through a client. Borrows the client.
struct Endpoint {
  Client* client;
  name::Repository repository;
};

/// Reads one repository (distribution-spec 1.1, "Pull", "Content Discovery"), from its mirror first if it has one.
/// Thread-safe.
///
///     http::Curl transport;
///     registry::Client client(transport, repository.registry());
///     registry::Puller puller({&client, repository});
///     auto found = puller.resolve("1.0");
class Puller {
 public:
  explicit Puller(Endpoint origin, std::optional<Endpoint> mirror = std::nullopt);

  /// The same without the mirror.
  Puller origin() const { return Puller(origin_); }
  /// The origin's, whoever answers.
  const name::Repository& repository() const { return origin_.repository; }

  /// What a tag or digest names now: one HEAD, or a GET where the answer lacks type, length or digest, or HEAD fails
  /// other than by 404. nullopt if the registry has none. Throws registry::Error, http::Error, corrupt (a digest was
  /// asked for and another came).
  std::optional<oci::Descriptor> resolve(std::string_view tag_or_digest, std::stop_token stop = {}) const;

  /// Manifest or index, of at most oci::max_manifest_bytes; digest checked against what was asked for and against the
  /// registry's header. nullopt if the registry has none. Throws as resolve does.
  std::optional<oci::Document> manifest(std::string_view tag_or_digest, std::stop_token stop = {}) const;

  /// As manifest, for a child; size checked too, inline data used when there is some. Throws not_found besides.
  oci::Document document(const oci::Descriptor& descriptor, std::stop_token stop = {}) const;

  /// Streams a blob: each byte goes to `sink` once and in order, whatever breaks and resumes on the way (Range), from
  /// the calling thread. Returns after size and digest are found right; corrupt otherwise, and then what the sink got
  /// is worthless. Also throws not_found, registry::Error, http::Error, and what `sink` throws.
  void blob(const oci::Descriptor& descriptor, const http::Sink& sink, std::stop_token stop = {}) const;

  /// A small blob in memory; larger than `max_bytes` is Kind::invalid.
  std::string blob_bytes(const oci::Descriptor& descriptor, std::uint64_t max_bytes, std::stop_token stop = {}) const;

  /// The manifest's image config. Throws unsupported for an artifact that has none.
  oci::ImageConfig config(const oci::Manifest& manifest, std::stop_token stop = {}) const;

  /// All tags in the registry's order, page by page; empty if the repository does not exist. At most 200,000 tags.
  /// Pages that are in `known` are asked for on condition that they changed, and those that can be are kept there.
  /// Throws corrupt for a page that links to another host or runs in a circle.
  std::vector<std::string> tags(std::stop_token stop = {}, TagPages* known = nullptr) const;

  /// What refers to `subject`, of that artifact type if given: by the API, else by the fallback tag. Empty if nothing.
  std::vector<oci::Descriptor> referrers(const base::Digest& subject, std::string_view artifact_type = {},
                                         std::stop_token stop = {}) const;

 private:
  template <class Operation>
  auto first_of(Operation operation) const;
  void leave_mirror(const base::Error& error) const;

  Endpoint origin_;
  std::optional<Endpoint> mirror_;
  mutable std::atomic<bool> mirror_failed_ = false;
};

}  // namespace registry
