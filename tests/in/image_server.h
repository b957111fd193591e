#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/json/decode.h"
#include "core/oci/manifest.h"
#include "core/oci/media_type.h"
#include "tests/support/http_server.h"

namespace support {

/// A registry with the one repository "acme/app" that gives out what it was told to hold, right or wrong.
class ImageServer {
 public:
  ImageServer() : server_([this](const HttpRequest& request, Wire& wire) { answer(request, wire); }) {}

  std::string repository() const { return server_.host() + "/acme/app"; }
  const HttpServer& server() const { return server_; }

  oci::Descriptor blob(const std::string& bytes, std::string_view type) {
    auto digest = base::sha256(bytes);
    put("/v2/acme/app/blobs/" + digest.text(), type, bytes);
    return {std::string(type), digest, bytes.size()};
  }
  oci::Descriptor document(const oci::Document& document) {
    put("/v2/acme/app/manifests/" + document.digest.text(), document.media_type, document.bytes);
    return document.descriptor();
  }
  /// An image of gzipped `tars`; `config` is the "config" member of its configuration.
  oci::Document image(const std::vector<std::string>& stored, const std::vector<std::string>& tars,
                      const json::Ordered& config = json::Ordered::object(), const oci::Annotations& annotations = {}) {
    json::Ordered configuration;
    configuration["architecture"] = "amd64";
    configuration["os"] = "linux";
    configuration["config"] = config;
    configuration["rootfs"] = {{"type", "layers"}, {"diff_ids", json::Ordered::array()}};
    for (const auto& tar : tars) configuration["rootfs"]["diff_ids"].push_back(base::sha256(tar).text());
    oci::Manifest manifest{.media_type = std::string(oci::media_type::manifest),
                           .config = blob(json::write(configuration), oci::media_type::config)};
    for (const auto& bytes : stored) manifest.layers.push_back(blob(bytes, oci::media_type::layer_gzip));
    manifest.annotations = annotations;
    auto out = oci::write(manifest);
    document(out);
    return out;
  }
  void put(const std::string& path, std::string_view type, const std::string& bytes) {
    std::lock_guard lock(mutex_);
    held_[path] = {std::string(type), bytes};
  }
  void remove(const std::string& path) {
    std::lock_guard lock(mutex_);
    held_.erase(path);
  }
  /// The first request for each path gets `status` from now on.
  void be_busy_first(int status) {
    std::lock_guard lock(mutex_);
    busy_ = status;
    met_.clear();
  }
  /// How many requests had this in their first line.
  std::size_t asked(std::string_view part) const {
    std::size_t out = 0;
    for (const auto& line : server_.request_lines()) out += line.find(part) != std::string::npos ? 1 : 0;
    return out;
  }

 private:
  struct Held {
    std::string type, bytes;
  };

  void answer(const HttpRequest& request, Wire& wire) {
    std::optional<Held> held;
    int busy = 0;
    {
      std::lock_guard lock(mutex_);
      if (auto found = held_.find(request.path()); found != held_.end()) held = found->second;
      busy = met_.insert(request.path()).second ? busy_ : 0;
    }
    if (busy != 0) return wire.reply(busy, "try again", {"Retry-After: 0"});
    if (!held) return wire.reply(404, R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"unknown"}]})");
    wire.reply(200, held->bytes, {"Content-Type: " + held->type});
  }

  std::mutex mutex_;
  std::map<std::string, Held> held_;
  int busy_ = 0;
  std::set<std::string> met_;
  HttpServer server_;  // last: its threads look at the others
};

}  // namespace support
