#include "core/registry/aws_signature.h"

#include <time.h>

#include <algorithm>
#include <map>

#include "core/base/digest.h"
#include "core/base/hmac.h"
#include "core/base/redactor.h"
#include "core/base/text.h"
#include "core/http/url.h"

namespace registry {
namespace {

std::string timestamp(std::chrono::system_clock::time_point now) {
  auto seconds = std::chrono::system_clock::to_time_t(now);
  tm parts{};
  gmtime_r(&seconds, &parts);
  char out[20];
  strftime(out, sizeof out, "%Y%m%dT%H%M%SZ", &parts);
  return out;
}

std::string hash(std::string_view data) { return std::string(base::sha256(data).hex()); }

std::string to_hex(const std::string& raw) { return base::to_hex(std::as_bytes(std::span(raw.data(), raw.size()))); }

std::string sorted_query(const std::string& query) {
  std::vector<std::string> pairs;
  if (query.empty()) return "";
  for (auto pair : base::split(query, '&'))
    pairs.emplace_back(pair.find('=') == std::string_view::npos ? std::string(pair) + "=" : std::string(pair));
  std::sort(pairs.begin(), pairs.end());
  return base::join(pairs, "&");
}

}  // namespace

void AwsKeys::protect() const {
  base::redactor().add(secret);
  base::redactor().add(session_token);
}

void sign_aws(http::Request& request, std::string_view payload, const AwsKeys& keys, std::string_view region,
              std::string_view service, std::chrono::system_clock::time_point now) {
  const auto url = http::Url::parse(request.url);
  const auto date = timestamp(now);
  request.headers.set("X-Amz-Date", date);
  if (!keys.session_token.empty()) request.headers.set("X-Amz-Security-Token", keys.session_token);

  std::map<std::string, std::string> headers{{"host", url.authority()}};
  for (const auto& [name, value] : request.headers.fields()) headers[base::lower(name)] = base::trim(value);
  std::string canonical_headers, signed_headers;
  for (const auto& [name, value] : headers) {
    canonical_headers += name + ":" + value + "\n";
    signed_headers += (signed_headers.empty() ? "" : ";") + name;
  }
  const std::string canonical = request.method + "\n" + url.path() + "\n" + sorted_query(url.query()) + "\n" +
                                canonical_headers + "\n" + signed_headers + "\n" + hash(payload);
  const std::string scope =
      date.substr(0, 8) + "/" + std::string(region) + "/" + std::string(service) + "/aws4_request";
  const std::string to_sign = "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + hash(canonical);

  auto key = base::hmac_sha256("AWS4" + keys.secret, date.substr(0, 8));
  for (auto part : {region, service, std::string_view("aws4_request")}) key = base::hmac_sha256(key, part);
  request.headers.set("Authorization", "AWS4-HMAC-SHA256 Credential=" + keys.id + "/" + scope + ", SignedHeaders=" +
                                           signed_headers + ", Signature=" + to_hex(base::hmac_sha256(key, to_sign)));
}

}  // namespace registry
