#include "core/registry/ecr.h"

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/http/url.h"
#include "core/registry/cloud_reply.h"

namespace registry {
namespace {

Credentials decode_token(const std::string& token) {
  auto pair = base::from_base64(token);
  auto colon = pair.find(':');
  if (colon == std::string::npos) throw base::Error(base::Kind::unavailable, "ECR's token is not 'user:password'");
  Credentials out{.username = pair.substr(0, colon), .password = pair.substr(colon + 1)};
  out.protect();
  return out;
}

}  // namespace

Ecr::Ecr(http::Transport& transport, EcrOptions options) : transport_(transport), options_(std::move(options)) {
  aws_domain(options_.region);
  options_.keys.protect();
}

const Ecr::Answer& Ecr::answer(std::stop_token stop) {
  std::lock_guard lock(mutex_);
  if (answer_) return *answer_;
  const auto& [region, given, roles, account, endpoints] = options_;
  auto keys = given.empty() ? find_aws_keys(transport_, region, endpoints, stop) : given;
  for (const auto& role : roles) keys = assume_aws_role(transport_, keys, role, region, endpoints, stop);

  const std::string payload = account.empty() ? "{}" : R"({"registryIds":[)" + json::write(account) + "]}";
  http::BytesSource body(payload);
  http::Request request{
      .method = "POST",
      .url = endpoints.ecr.empty() ? "https://api.ecr." + region + "." + aws_domain(region) + "/" : endpoints.ecr,
      .headers = {{"Content-Type", "application/x-amz-json-1.1"},
                  {"X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"}},
      .body = &body};
  sign_aws(request, payload, keys, region, "ecr", std::chrono::system_clock::now());
  auto value = ask_cloud(transport_, request, "ECR", stop);
  auto list = json::Object(value, "answer").objects("authorizationData");
  if (list.empty()) throw base::Error(base::Kind::unavailable, "ECR gives no token");
  answer_ = Answer{decode_token(list.front().required_string("authorizationToken")),
                   list.front().required_string("proxyEndpoint")};
  return *answer_;
}

Credentials Ecr::credentials(const name::Registry&, std::stop_token stop) {
  return base::within("logging in to ECR in " + options_.region, [&] { return answer(stop).credentials; });
}

name::Registry Ecr::registry(std::stop_token stop) {
  if (!options_.account_id.empty())
    return name::Registry::parse(options_.account_id + ".dkr.ecr." + options_.region + "." +
                                 aws_domain(options_.region));
  return base::within("logging in to ECR in " + options_.region,
                      [&] { return name::Registry::parse(http::Url::parse(answer(stop).endpoint).authority()); });
}

}  // namespace registry
