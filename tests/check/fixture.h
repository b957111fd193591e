#pragma once

#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "check/check.h"
#include "core/base/temporary_directory.h"
#include "core/oci/config.h"
#include "core/oci/media_type.h"
#include "core/remote/bill_artifact.h"
#include "tests/registry/access.h"
#include "tests/support/docker_registry.h"

namespace support {

/// What check remembers stays in a directory of the test's own.
class OwnCache {
 public:
  OwnCache() : directory_("check-cache") { ::setenv("XDG_CACHE_HOME", directory_.path().c_str(), 1); }
  ~OwnCache() { ::unsetenv("XDG_CACHE_HOME"); }
  OwnCache(const OwnCache&) = delete;
  const std::filesystem::path& path() const { return directory_.path(); }

 private:
  base::TemporaryDirectory directory_;
};

/// Images without layers, told apart by a letter; pushed, read and deleted through a registry's API.
class Images {
 public:
  explicit Images(const std::string& host, const std::string& path, registry::Credentials login = {},
                  registry::ClientOptions options = {}, http::CurlOptions curl = {})
      : access_(host, std::move(login), std::move(options), std::move(curl)),
        endpoint_{&access_.client, name::Repository::make(name::Registry::parse(host), path)} {}

  std::string text() const { return endpoint_.repository.text(); }

  /// An image's manifest; its config is pushed.
  oci::Document make(const std::string& letter, const std::string& created = "",
                     const std::string& architecture = "amd64") {
    auto config = oci::write(oci::ImageConfig{.created = created, .os = "linux", .architecture = architecture});
    oci::Descriptor descriptor{std::string(oci::media_type::config), base::sha256(config), config.size()};
    if (pushed_.insert(config).second) registry::Pusher(endpoint_).blob(descriptor, config);
    return oci::write(oci::Manifest{.media_type = std::string(oci::media_type::manifest),
                                    .config = descriptor,
                                    .annotations = {{"letter", letter}}});
  }
  /// The digest that `tag` has from now on.
  std::string push(const std::string& tag, const oci::Document& document) {
    registry::Pusher(endpoint_).manifest(document, name::Tag::parse(tag));
    return document.digest.text();
  }
  std::string push(const std::string& tag, const std::string& letter, const std::string& created = "") {
    return push(tag, make(letter, created));
  }
  /// Pushes without a tag.
  void push(const oci::Document& document) { registry::Pusher(endpoint_).manifest(document); }
  /// Stores a document that refers to `image`.
  void refer(const oci::Document& image, const std::string& media_type, const std::string& content) {
    remote::push_documents(registry::Pusher(endpoint_), registry::Puller(endpoint_), image.descriptor(),
                           {{media_type, "document", [&] { return content; }}}, "2024-05-11T00:00:00Z", {});
  }
  /// In the registry's order, which is docker-registry's own.
  std::vector<std::string> tags() { return registry::Puller(endpoint_).tags(); }
  void remove(const std::string& digest) { registry::Pusher(endpoint_).remove(digest); }

 private:
  Access access_;
  registry::Endpoint endpoint_;
  std::set<std::string> pushed_;
};

/// check's reply to a request, as the program gives it.
inline std::string check(const json::Ordered& source, const json::Ordered& version = nullptr) {
  json::Ordered request{{"source", source}};
  if (!version.is_null()) request["version"] = version;
  return check::run({.request = request.dump(), .arguments = {}, .stop = {}});
}

struct TagDigest {
  std::string tag, digest;
  bool operator==(const TagDigest&) const = default;
};

inline std::vector<std::string> tags_of(const std::string& reply) {
  std::vector<std::string> out;
  for (const auto& version : json::parse(reply, "reply")) out.push_back(version.at("tag").get<std::string>());
  return out;
}

inline std::string reply_of(const std::vector<TagDigest>& versions) {
  json::Ordered out = json::Ordered::array();
  for (const auto& version : versions) out.push_back({{"tag", version.tag}, {"digest", version.digest}});
  return out.dump() + "\n";
}

}  // namespace support
