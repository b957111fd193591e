#include "core/http/url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "core/base/error.h"
#include "core/base/redact_url.h"
#include "core/base/text.h"
#include "core/http/address.h"

namespace http {
namespace {

constexpr std::size_t max_url = 16 * 1024;  // signed URLs of cloud storage reach 4 KiB

base::Error bad_url(std::string_view text, std::string_view problem) {
  return base::Error(base::Kind::invalid, "URL " + base::quoted(base::redact_url(text)) + " " + std::string(problem));
}

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

bool valid_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

/// RFC 3986 §5.2.4.
std::string remove_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  auto segments = base::split(path.substr(1), '/');
  for (std::size_t i = 0; i < segments.size(); ++i) {
    bool last = i + 1 == segments.size();
    if (segments[i] == "..") {
      if (!kept.empty()) kept.pop_back();
      if (last) kept.push_back("");
    } else if (segments[i] == ".") {
      if (last) kept.push_back("");
    } else {
      kept.push_back(segments[i]);
    }
  }
  std::string out;
  for (auto segment : kept) out.append("/").append(segment);
  return out.empty() ? "/" : out;
}

}  // namespace

Url Url::parse(std::string_view text) {
  if (text.size() > max_url) throw bad_url(text, "is longer than " + base::human_bytes(max_url));
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c <= 0x20 || c >= 0x7f; }))
    throw bad_url(text, "holds a blank, a control character or one that is not ASCII");
  Url out;
  auto colon = text.find("://");
  if (colon == std::string_view::npos) throw bad_url(text, "has no scheme");
  out.scheme_ = base::lower(text.substr(0, colon));
  if (out.scheme_ != "http" && out.scheme_ != "https") throw bad_url(text, "is neither http nor https");

  auto rest = text.substr(colon + 3);
  rest = rest.substr(0, rest.find('#'));
  auto end = rest.find_first_of("/?\\");
  auto authority = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
  if (authority.find('@') != std::string_view::npos) throw bad_url(text, "holds user information");

  auto after_host = authority.starts_with('[') ? authority.find(']') : 0;
  if (after_host == std::string_view::npos) throw bad_url(text, "has an unclosed '['");
  auto port_at = authority.find(':', after_host);
  out.host_ = base::lower(authority.substr(0, port_at));
  if (out.host_.starts_with('[')) {
    out.host_ = out.host_.substr(1, out.host_.size() - 2);
    in6_addr address;
    if (inet_pton(AF_INET6, out.host_.c_str(), &address) != 1) throw bad_url(text, "has no valid IPv6 address");
  } else if (!valid_host(out.host_)) {
    throw bad_url(text, "has no valid host");
  }
  out.port_ = default_port(out.scheme_);
  if (port_at != std::string_view::npos && port_at + 1 < authority.size()) {
    auto port = authority.substr(port_at + 1);
    auto [stop, error] = std::from_chars(port.data(), port.data() + port.size(), out.port_);
    if (error != std::errc() || stop != port.data() + port.size() || out.port_ == 0)
      throw bad_url(text, "has no valid port");
  }
  auto question = rest.find('?');
  if (question != std::string_view::npos) out.query_ = rest.substr(question + 1);
  out.path_ = rest.substr(0, question);
  if (out.path_.empty()) out.path_ = "/";
  if (!out.path_.starts_with('/')) throw bad_url(text, "has no valid path");
  return out;
}

Url Url::resolve(std::string_view reference) const {
  reference = reference.substr(0, reference.find('#'));
  auto scheme_end = reference.find("://");
  if (scheme_end != std::string_view::npos && reference.find_first_of("/?") > scheme_end) return parse(reference);
  if (reference.starts_with("//")) return parse(scheme_ + ":" + std::string(reference));
  std::string base_text = scheme_ + "://" + authority();
  if (reference.empty()) return *this;
  if (reference.starts_with('?')) return parse(base_text + path_ + std::string(reference));
  auto question = reference.find('?');
  auto path = reference.substr(0, question);
  auto query = question == std::string_view::npos ? std::string_view() : reference.substr(question);
  std::string full =
      path.starts_with('/') ? std::string(path) : path_.substr(0, path_.rfind('/') + 1) + std::string(path);
  return parse(base_text + remove_dot_segments(full) + std::string(query));
}

std::string Url::authority() const {
  std::string out = host_.find(':') == std::string::npos ? host_ : "[" + host_ + "]";
  return port_ == default_port(scheme_) ? out : out + ":" + std::to_string(port_);
}

std::string Url::text() const { return scheme_ + "://" + authority() + path_ + (query_.empty() ? "" : "?" + query_); }

bool Url::same_host(const Url& other) const { return host_ == other.host_ && port_ == other.port_; }
bool Url::same_origin(const Url& other) const { return scheme_ == other.scheme_ && same_host(other); }

bool Url::is_private_address() const {
  if (host_ == "localhost" || host_.ends_with(".localhost")) return true;
  auto address = Address::parse(host_);
  return address && address->is_private();
}

Url Url::with_query(std::string_view parameter) const {
  Url out = *this;
  if (!out.query_.empty()) out.query_ += '&';
  out.query_ += parameter;
  return out;
}

}  // namespace http
