#include "core/registry/aws_keys.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "core/base/fd.h"
#include "core/base/text.h"
#include "core/http/url.h"
#include "core/registry/cloud_reply.h"

namespace registry {
namespace {

constexpr std::uint64_t max_token_file = 64 * 1024;
constexpr std::string_view session_name = "estaleiro";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// STS answers in JSON to who asks for it: {"AssumeRoleResponse": {"AssumeRoleResult": {"Credentials": {…}}}}.
AwsKeys parse_sts(const json::Value& value, const std::string& action) {
  json::Object object(value, "");
  auto response = object.object(action + "Response");
  auto result = response ? response->object(action + "Result") : std::nullopt;
  auto credentials = result ? result->object("Credentials") : std::nullopt;
  if (!credentials) throw base::Error(base::Kind::unavailable, "AWS STS gives no credentials");
  AwsKeys keys{.id = credentials->required_string("AccessKeyId"),
               .secret = credentials->required_string("SecretAccessKey"),
               .session_token = credentials->required_string("SessionToken")};
  keys.protect();
  return keys;
}

AwsKeys parse_role(const json::Value& value) {
  json::Object object(value, "");
  AwsKeys keys{.id = object.required_string("AccessKeyId"),
               .secret = object.required_string("SecretAccessKey"),
               .session_token = object.string("Token").value_or("")};
  keys.protect();
  return keys;
}

std::string sts_url(const std::string& region, const AwsEndpoints& endpoints) {
  return endpoints.sts.empty() ? "https://sts." + region + "." + aws_domain(region) + "/" : endpoints.sts;
}

http::Request form_request(const std::string& url, http::BytesSource& body) {
  return {.method = "POST",
          .url = url,
          .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}},
          .body = &body};
}

AwsKeys from_environment() {
  AwsKeys keys{.id = variable("AWS_ACCESS_KEY_ID"),
               .secret = variable("AWS_SECRET_ACCESS_KEY"),
               .session_token = variable("AWS_SESSION_TOKEN")};
  keys.protect();
  return keys;
}

AwsKeys from_web_identity(http::Transport& transport, const std::string& region, const AwsEndpoints& endpoints,
                          std::stop_token stop) {
  auto file = variable("AWS_WEB_IDENTITY_TOKEN_FILE"), role = variable("AWS_ROLE_ARN");
  if (file.empty() || role.empty()) return {};
  auto token = base::read_file(file, max_token_file);
  std::string form =
      "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=" + std::string(session_name) +
      "&RoleArn=" + base::url_encode(role) + "&WebIdentityToken=" + base::url_encode(base::trim(token));
  http::BytesSource body(form);
  return parse_sts(ask_cloud(transport, form_request(sts_url(region, endpoints), body), "AWS STS", stop),
                   "AssumeRoleWithWebIdentity");
}

AwsKeys from_container(http::Transport& transport, const AwsEndpoints& endpoints, std::stop_token stop) {
  auto url = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (auto relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); !relative.empty())
    url = endpoints.container_metadata + relative;
  if (url.empty()) return {};
  http::Request request{.url = url};
  auto token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (auto file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !file.empty())
    token = base::trim(base::read_file(file, max_token_file));
  if (!token.empty()) request.headers.set("Authorization", token);
  return parse_role(ask_cloud(transport, request, "the container's credentials service", stop));
}

AwsKeys from_instance(http::Transport& transport, const AwsEndpoints& endpoints, std::stop_token stop) {
  if (variable("AWS_EC2_METADATA_DISABLED") == "true") return {};
  const std::string who = "the EC2 metadata service", root = endpoints.instance_metadata + "/latest/";
  try {
    auto token = ask_cloud_text(
        transport,
        {.method = "PUT", .url = root + "api/token", .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "300"}}}, who,
        stop);
    http::Headers headers{{"X-aws-ec2-metadata-token", token}};
    const std::string roles = root + "meta-data/iam/security-credentials/";
    auto list = ask_cloud_text(transport, {.url = roles, .headers = headers}, who, stop);
    std::string role(base::trim(std::string_view(list).substr(0, list.find('\n'))));
    if (role.empty()) return {};
    return parse_role(ask_cloud(transport, {.url = roles + base::url_encode(role), .headers = headers}, who, stop));
  } catch (const http::Error& error) {
    // Not on EC2, or an instance without a role.
    if (error.cause() == http::Cause::status && error.status() != 404) throw;
    return {};
  }
}

}  // namespace

AwsEndpoints AwsEndpoints::from_environment() {
  AwsEndpoints out{.ecr = variable("AWS_ENDPOINT_URL_ECR"), .sts = variable("AWS_ENDPOINT_URL_STS")};
  if (auto metadata = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT"); !metadata.empty()) {
    while (metadata.ends_with('/')) metadata.pop_back();
    out.instance_metadata = metadata;
  }
  return out;
}

std::string aws_domain(const std::string& region) {
  if (region.empty() || region.size() > 40 || !std::all_of(region.begin(), region.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
      }))
    throw base::Error(base::Kind::invalid, base::quoted(region, 60) + " is no AWS region");
  return region.starts_with("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}

AwsKeys find_aws_keys(http::Transport& transport, const std::string& region, const AwsEndpoints& endpoints,
                      std::stop_token stop) {
  if (auto keys = from_environment(); !keys.empty()) return keys;
  if (auto keys = from_web_identity(transport, region, endpoints, stop); !keys.empty()) return keys;
  if (auto keys = from_container(transport, endpoints, stop); !keys.empty()) return keys;
  if (auto keys = from_instance(transport, endpoints, stop); !keys.empty()) return keys;
  throw base::Error(base::Kind::denied, "no AWS credentials are given, and none are found on this machine")
      .fix("set aws_access_key_id and aws_secret_access_key, or give the worker a role");
}

AwsKeys assume_aws_role(http::Transport& transport, const AwsKeys& keys, const std::string& role_arn,
                        const std::string& region, const AwsEndpoints& endpoints, std::stop_token stop) {
  std::string form = "Action=AssumeRole&Version=2011-06-15&RoleSessionName=" + std::string(session_name) +
                     "&RoleArn=" + base::url_encode(role_arn);
  http::BytesSource body(form);
  auto request = form_request(sts_url(region, endpoints), body);
  sign_aws(request, form, keys, region, "sts", std::chrono::system_clock::now());
  return base::within("becoming role " + base::quoted(role_arn),
                      [&] { return parse_sts(ask_cloud(transport, request, "AWS STS", stop), "AssumeRole"); });
}

}  // namespace registry
