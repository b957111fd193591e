#pragma once

#include <filesystem>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "in/in.h"
#include "tests/in/image_server.h"
#include "tests/support/error_text.h"
#include "tests/support/layer_builder.h"

namespace support {

inline const std::string some_digest = "sha256:" + std::string(64, 'a');

/// A destination, and what `in` did to it.
struct Get {
  base::TemporaryDirectory directory{"in-test"};
  std::string reply, error;

  /// `source` and `params` are JSON objects; the repository is put into `source`.
  Get(const ImageServer& server, const std::string& digest, const std::string& params = "{}",
      const std::string& source = "{}", const std::string& tag = "1.0", std::stop_token stop = {}) {
    json::Ordered request;
    request["source"] = json::Ordered::parse(source);
    request["source"]["repository"] = server.repository();
    request["params"] = json::Ordered::parse(params);
    request["version"] = {{"tag", tag}, {"digest", digest}};
    error = error_text([&] { reply = in::run({json::write(request), {path().string()}, stop}); });
    // The port is another one each time.
    for (std::size_t at; (at = error.find(server.server().host())) != std::string::npos;)
      error.replace(at, server.server().host().size(), "HOST");
  }
  const std::filesystem::path& path() const { return directory.path(); }
  bool has(const std::string& name) const { return std::filesystem::exists(path() / name); }
  std::string file(const std::string& name) const { return base::read_file(path() / name, 1 << 20); }
  json::Value metadata() const { return json::parse(reply, "reply")["metadata"]; }
  std::vector<std::string> top() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path())) names.insert(entry.path().filename());
    return {names.begin(), names.end()};
  }
};

/// Images to be got.
namespace images {

inline std::string two_files() { return LayerBuilder().file("etc/motd", "hello\n").file("gone").tar(); }
inline std::string whiteout() { return LayerBuilder().whiteout("gone").symlink("link", "etc/motd").tar(); }

inline oci::Document two_layers(ImageServer& server, const json::Ordered& config = json::Ordered::object(),
                                const oci::Annotations& annotations = {}) {
  return server.image({archive::gzip(two_files()), archive::gzip(whiteout())}, {two_files(), whiteout()}, config,
                      annotations);
}

/// Platforms with their images; "unknown/unknown" is an attestation for `attested`.
inline oci::Document index_of(ImageServer& server, const std::vector<std::pair<std::string, oci::Document>>& images,
                              const std::string& attested = some_digest) {
  oci::Index index{.media_type = std::string(oci::media_type::index)};
  for (const auto& [platform, document] : images) {
    auto child = document.descriptor();
    if (platform == "unknown/unknown") {
      child.annotations["vnd.docker.reference.type"] = "attestation-manifest";
      child.annotations["vnd.docker.reference.digest"] = attested;
    } else {
      child.platform = name::Platform::parse(platform);
    }
    index.manifests.push_back(std::move(child));
  }
  auto out = oci::write(index);
  server.document(out);
  return out;
}

}  // namespace images
}  // namespace support
