#include "core/registry/gcr.h"

#include <algorithm>
#include <cstdlib>

#include "core/base/text.h"
#include "core/registry/cloud_reply.h"

namespace registry {

Credentials google_key_credentials(const std::string& key) {
  auto value = json::parse(key, "the service account's key");
  json::Object object(value, "key");
  if (object.string("type") != "service_account" || !object.has("private_key"))
    throw base::Error(base::Kind::invalid, "the key is not that of a Google service account")
        .fix("give the JSON that 'gcloud iam service-accounts keys create' writes");
  Credentials out{.username = "_json_key", .password = key};
  out.protect();
  return out;
}

std::string google_metadata_server() {
  const char* host = std::getenv("GCE_METADATA_HOST");
  return std::string("http://") + (host && *host ? host : "metadata.google.internal");
}

GoogleMetadata::GoogleMetadata(http::Transport& transport, std::string server)
    : transport_(transport), server_(std::move(server)) {}

Credentials GoogleMetadata::credentials(const name::Registry& registry, std::stop_token stop) {
  std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (known_ && now < until_) return *known_;
  return base::within("logging in to " + base::quoted(registry.text()) + " by the machine's account", [&] {
    const char* who = "Google's metadata server";
    auto value = ask_cloud(transport_,
                           {.url = server_ + "/computeMetadata/v1/instance/service-accounts/default/token",
                            .headers = {{"Metadata-Flavor", "Google"}}},
                           who, stop);
    json::Object object(value, "");
    auto token = object.string("access_token").value_or("");
    if (token.empty()) throw base::Error(base::Kind::unavailable, std::string(who) + " gives no token");
    auto lifetime = std::clamp<std::int64_t>(object.integer("expires_in").value_or(0), 60, 3600);
    until_ = now + std::chrono::seconds(lifetime - 30);
    known_ = Credentials{.username = "oauth2accesstoken", .password = token};
    known_->protect();
    return *known_;
  });
}

}  // namespace registry
