#include "core/http/proxy.h"

#include <cstdlib>

#include "core/base/redact_url.h"
#include "core/base/text.h"
#include "core/http/address.h"

namespace http {
namespace {

std::string variable(std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const char* value = std::getenv(name); value && *value) return value;
  return "";
}

/// One entry of no_proxy, already lower case.
bool covers(std::string_view entry, const Url& url) {
  if (entry == "*") return true;
  if (auto address = Address::parse(url.host())) {
    if (address->within(entry)) return true;
    if (entry.starts_with('[') && entry.ends_with(']') && address->within(entry.substr(1, entry.size() - 2)))
      return true;
  }
  auto colon = entry.rfind(':');
  if (colon != std::string_view::npos && entry.find(':') == colon) {
    if (entry.substr(colon + 1) != std::to_string(url.port())) return false;
    entry = entry.substr(0, colon);
    if (auto address = Address::parse(url.host()); address && address->within(entry)) return true;
  }
  // "*.example.com" and ".example.com" are the hosts below it, "example.com" is itself and those.
  bool below_only = false;
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) {
    entry.remove_prefix(1);
    below_only = true;
  }
  if (entry.empty()) return false;
  const std::string& host = url.host();
  if (host == entry) return !below_only;
  return host.size() > entry.size() && host.ends_with(entry) && host[host.size() - entry.size() - 1] == '.';
}

}  // namespace

Proxy::Proxy(std::string http, std::string https, std::string_view no_proxy)
    : http_(std::move(http)), https_(std::move(https)) {
  std::string list = base::lower(no_proxy);
  for (char& c : list)
    if (c == ' ' || c == '\t') c = ',';
  for (auto entry : base::split(list, ','))
    if (!entry.empty()) no_proxy_.emplace_back(entry);
}

Proxy Proxy::from_environment() {
  // HTTP_PROXY in upper case is left alone: under CGI a request's "Proxy:" header would set it.
  return Proxy(variable({"http_proxy", "all_proxy"}),
               variable({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}), variable({"no_proxy", "NO_PROXY"}));
}

bool Proxy::bypasses(const Url& url) const {
  if (url.host() == "localhost" || url.host().ends_with(".localhost")) return true;
  // Link-local is where clouds keep the machine's credentials: no business of a proxy's.
  if (auto address = Address::parse(url.host()))
    for (const char* block : {"127.0.0.0/8", "::1", "169.254.0.0/16", "fe80::/10"})
      if (address->within(block)) return true;
  if (url.host() == "metadata.google.internal") return true;
  for (const auto& entry : no_proxy_)
    if (covers(entry, url)) return true;
  return false;
}

std::optional<std::string> Proxy::for_url(const Url& url) const {
  const std::string& proxy = url.scheme() == "https" ? https_ : http_;
  if (proxy.empty() || bypasses(url)) return std::nullopt;
  return proxy;
}

std::string redact_proxy(std::string_view proxy) {
  auto scheme = proxy.find("://");
  auto begin = scheme == std::string_view::npos ? 0 : scheme + 3, at = proxy.rfind('@');
  if (at == std::string_view::npos || at < begin) return base::redact_url(proxy);
  return std::string(proxy.substr(0, begin)) + base::redact_url(proxy.substr(at + 1));
}

}  // namespace http
