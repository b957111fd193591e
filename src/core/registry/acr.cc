#include "core/registry/acr.h"

#include <cstdlib>

#include "core/base/fd.h"
#include "core/base/redactor.h"
#include "core/base/text.h"
#include "core/http/url.h"
#include "core/registry/challenge.h"
#include "core/registry/cloud_reply.h"

namespace registry {
namespace {

constexpr std::string_view nobody = "00000000-0000-0000-0000-000000000000";
/// Of a registry's refresh token, which Azure gives three hours.
constexpr std::chrono::hours lifetime{2};
constexpr std::uint64_t max_token_file = 64 * 1024;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string required(const json::Value& value, const char* key, const char* who) {
  auto text = json::Object(value, "").string(key).value_or("");
  if (text.empty()) throw base::Error(base::Kind::unavailable, std::string(who) + " gives no token");
  base::redactor().add(text);
  return text;
}

http::Request form_request(const std::string& url, http::BytesSource& body) {
  return {
      .method = "POST", .url = url, .headers = {{"Content-Type", "application/x-www-form-urlencoded"}}, .body = &body};
}

}  // namespace

AzureCloud azure_cloud(const name::Registry& registry, std::string_view environment) {
  const AzureCloud commercial{"https://management.azure.com/", "https://login.microsoftonline.com/"};
  const AzureCloud government{"https://management.usgovcloudapi.net/", "https://login.microsoftonline.us/"};
  const AzureCloud china{"https://management.chinacloudapi.cn/", "https://login.chinacloudapi.cn/"};
  if (environment == "AzurePublic") return commercial;
  if (environment == "AzureGovernment") return government;
  if (environment == "AzureChina") return china;
  if (registry.host().ends_with(".azurecr.us")) return government;
  if (registry.host().ends_with(".azurecr.cn")) return china;
  return commercial;
}

std::string acr_tenant(const http::Response& response) {
  for (const auto& header : response.headers.all("WWW-Authenticate"))
    for (const auto& challenge : parse_challenges(header)) {
      if (challenge.scheme != "bearer") continue;
      const auto realm = challenge.parameter("realm");
      auto question = realm.find('?');
      if (question == std::string::npos) continue;
      for (auto pair : base::split(std::string_view(realm).substr(question + 1), '&'))
        if (pair.starts_with("tenant=") && pair.size() > 7) return std::string(pair.substr(7));
    }
  return "common";
}

Acr::Acr(http::Transport& transport, AcrOptions options) : transport_(transport), options_(std::move(options)) {}

std::string Acr::tenant(const std::string& base_url, std::stop_token stop) {
  if (!options_.tenant_id.empty()) return options_.tenant_id;
  return acr_tenant(transport_.send({.url = base_url + "/v2/"}, stop));
}

std::string Acr::entra_token(const name::Registry& registry, std::stop_token stop) {
  const auto cloud = azure_cloud(registry, options_.environment);
  const auto client = options_.client_id.empty() ? variable("AZURE_CLIENT_ID") : options_.client_id;
  // Workload identity: Kubernetes vouches for us with a token in a file.
  if (auto file = variable("AZURE_FEDERATED_TOKEN_FILE"); !file.empty()) {
    auto authority = variable("AZURE_AUTHORITY_HOST").empty() ? cloud.authority : variable("AZURE_AUTHORITY_HOST");
    if (!authority.ends_with('/')) authority += '/';
    auto assertion = base::read_file(file, max_token_file);
    base::redactor().add(base::trim(assertion));
    std::string form = "grant_type=client_credentials&client_id=" + base::url_encode(client) +
                       "&scope=" + base::url_encode(cloud.resource + ".default") +
                       "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
                       "&client_assertion=" +
                       base::url_encode(base::trim(assertion));
    http::BytesSource body(form);
    auto tenant = variable("AZURE_TENANT_ID");
    auto request = form_request(authority + base::url_encode(tenant) + "/oauth2/v2.0/token", body);
    return required(ask_cloud(transport_, request, "Entra", stop), "access_token", "Entra");
  }
  std::string query = "&resource=" + base::url_encode(cloud.resource);
  if (!options_.client_id.empty()) query += "&client_id=" + base::url_encode(options_.client_id);
  http::Request request{
      .url = options_.instance_metadata + "/metadata/identity/oauth2/token?api-version=2018-02-01" + query,
      .headers = {{"Metadata", "true"}}};
  if (auto endpoint = variable("IDENTITY_ENDPOINT"); !endpoint.empty())
    request = {.url = endpoint + "?api-version=2019-08-01" + query,
               .headers = {{"X-IDENTITY-HEADER", variable("IDENTITY_HEADER")}}};
  const char* who = "Azure's metadata service";
  return required(ask_cloud(transport_, request, who, stop), "access_token", who);
}

Credentials Acr::credentials(const name::Registry& registry, std::stop_token stop) {
  std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (known_ && now < until_) return *known_;
  return base::within("logging in to " + base::quoted(registry.text()) + " by managed identity", [&] {
    const std::string base_url = (registry.is_loopback() ? "http://" : "https://") + registry.api_host();
    std::string form = "grant_type=access_token&service=" + base::url_encode(registry.host()) +
                       "&tenant=" + base::url_encode(tenant(base_url, stop)) +
                       "&access_token=" + base::url_encode(entra_token(registry, stop));
    http::BytesSource body(form);
    auto reply = ask_cloud(transport_, form_request(base_url + "/oauth2/exchange", body), "the registry", stop);
    known_ = Credentials{.username = std::string(nobody), .password = required(reply, "refresh_token", "the registry")};
    until_ = now + lifetime;
    return *known_;
  });
}

}  // namespace registry
