#include "core/registry/error.h"

#include <algorithm>

#include "core/base/redact_url.h"
#include "core/base/text.h"
#include "core/http/retry.h"
#include "core/http/url.h"
#include "core/json/decode.h"

namespace registry {
namespace {

constexpr std::size_t max_entries = 16;
constexpr std::size_t max_shown = 3;

base::Kind kind_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return base::Kind::denied;
    case 404:
      return base::Kind::not_found;
    case 405:
    case 501:
      return base::Kind::unsupported;
    case 408:
    case 429:
      return base::Kind::unavailable;
    default:
      return status >= 500 ? base::Kind::unavailable : base::Kind::failed;
  }
}

bool temporary(int status) {
  return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

std::string text_of(const json::Value& object, const char* key) {
  auto found = object.find(key);
  if (found == object.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : json::write(*found);
}

/// What the registry says, short and harmless.
std::string words(const std::vector<ErrorEntry>& entries, const http::Response& response) {
  std::string out;
  for (std::size_t i = 0; i < std::min(entries.size(), max_shown); ++i) {
    out += i == 0 ? ", " : "; ";
    out += base::printable(entries[i].code.substr(0, 60));
    if (!entries[i].message.empty()) out += ": " + base::printable(entries[i].message.substr(0, 300));
  }
  if (!entries.empty()) return out;
  auto body = base::trim(response.body);
  return body.empty() ? "" : ", " + base::quoted(body, 200);
}

const char* fix_for(const http::Response& response) {
  if (response.status == 401) return "check username and password: the registry does not accept them, or wants some";
  if (response.status == 403) return "check that this user may do this with this repository";
  if (response.status == 429) return "log in to get a higher limit, or use a registry_mirror";
  if (response.status == 413) return "raise the limit on request bodies of the registry or the proxy in front of it";
  return nullptr;
}

}  // namespace

bool Error::has_code(std::string_view code) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const ErrorEntry& entry) { return entry.code == code; });
}

std::vector<ErrorEntry> parse_errors(std::string_view body) {
  std::vector<ErrorEntry> out;
  try {
    auto value = json::parse(body, "error");
    if (!value.is_object()) return out;
    auto errors = value.find("errors");
    if (errors == value.end() || !errors->is_array()) return out;
    for (const auto& entry : *errors) {
      if (!entry.is_object() || out.size() == max_entries) break;
      out.push_back(
          {.code = text_of(entry, "code"), .message = text_of(entry, "message"), .detail = text_of(entry, "detail")});
    }
  } catch (const base::Error&) {
    // Not JSON: a proxy's page, perhaps. The caller shows the body instead.
  }
  return out;
}

Error status_error(std::string_view method, const http::Response& response) {
  auto entries = parse_errors(response.body);
  std::string message = std::string(method) + " " + base::redact_url(response.url) + ": " +
                        std::to_string(response.status) + words(entries, response);
  Error error(kind_of(response.status), std::move(message), std::move(entries));
  error.set_status(response.status);
  error.set_temporary(temporary(response.status) || error.has_code("TOOMANYREQUESTS") || error.has_code("UNAVAILABLE"));
  if (auto value = response.headers.get("Retry-After"))
    error.set_retry_after(http::parse_retry_after(*value, std::chrono::system_clock::now()));
  if (const char* fix = fix_for(response)) error.fix(fix);
  return error;
}

}  // namespace registry
