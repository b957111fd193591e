#include "core/http/redirect.h"

#include "core/base/redact_url.h"
#include "core/base/text.h"
#include "core/http/url.h"

namespace http {
namespace {

bool is_redirect(const Response& response, std::string_view method) {
  if (!response.headers.get("Location")) return false;
  switch (response.status) {
    case 301:
    case 302:
    case 303:
      return method == "GET" || method == "HEAD";
    case 307:
    case 308:
      return true;
    default:
      return false;
  }
}

Error refused(const Url& from, const std::string& why) {
  return Error(base::Kind::denied, Cause::protocol,
               "redirect from " + base::quoted(base::redact_url(from.text())) + " " + why);
}

Url follow(const Url& from, const std::string& location) {
  Url to = [&] {
    try {
      return from.resolve(location);
    } catch (const base::Error& error) {
      throw refused(from, "leads nowhere: " + error.message());
    }
  }();
  if (from.scheme() == "https" && to.scheme() == "http")
    throw refused(from, "leads to plain http, host " + base::quoted(to.host()));
  if (!from.is_private_address() && to.is_private_address())
    throw refused(from, "leads to the private address " + base::quoted(to.host()));
  return to;
}

}  // namespace

Response send_following(Transport& transport, Request request, std::stop_token stop) {
  for (int followed = 0;; ++followed) {
    Response response = transport.send(request, stop);
    if (!is_redirect(response, request.method)) return response;
    Url from = Url::parse(request.url);
    if (followed == max_redirects) throw refused(from, "is number " + std::to_string(max_redirects + 1) + " in a row");
    Url to = follow(from, *response.headers.get("Location"));
    if (!to.same_origin(from)) {
      // What was meant for the registry is not for its storage.
      for (const char* name : {"Authorization", "Cookie", "Proxy-Authorization"}) request.headers.remove(name);
    }
    request.url = to.text();
  }
}

}  // namespace http
