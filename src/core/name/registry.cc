#include "core/name/registry.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/error.h"
#include "core/base/text.h"

namespace name {
namespace {

constexpr std::string_view docker_hub_name = "docker.io";

base::Error bad_registry(std::string_view text, std::string_view problem) {
  return base::Error(base::Kind::invalid, "registry " + base::quoted(text) + " " + std::string(problem));
}

bool valid_label(std::string_view label) {
  auto letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !label.empty() && label.size() <= 63 && letter_or_digit(label.front()) && letter_or_digit(label.back()) &&
         std::all_of(label.begin(), label.end(), [&](char c) { return letter_or_digit(c) || c == '-' || c == '_'; });
}

bool valid_host(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  for (auto label : base::split(host, '.'))
    if (!valid_label(label)) return false;
  return true;
}

bool valid_port(std::string_view port) {
  unsigned value = 0;
  auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), value);
  return error == std::errc() && end == port.data() + port.size() && value > 0 && value < 65536;
}

std::optional<std::array<unsigned char, 4>> ipv4(const std::string& host) {
  std::array<unsigned char, 4> address;
  if (inet_pton(AF_INET, host.c_str(), address.data()) != 1) return std::nullopt;
  return address;
}

/// Where the port's colon is, or npos; the brackets of an IPv6 literal hide theirs.
std::size_t port_colon(std::string_view text) {
  auto from = text.starts_with('[') ? text.find(']') : 0;
  return from == std::string_view::npos ? from : text.find(':', from);
}

}  // namespace

Registry Registry::parse(std::string_view text) {
  if (text.empty()) throw base::Error(base::Kind::invalid, "the registry's name is empty");
  if (text.find("://") != std::string_view::npos)
    throw bad_registry(text, "has a scheme").fix("give host and port alone: whether https is spoken is found out");
  if (text.find('/') != std::string_view::npos) throw bad_registry(text, "has a '/'").fix("give host and port alone");

  auto colon = port_colon(text);
  auto host = text.substr(0, colon);
  if (colon != std::string_view::npos && !valid_port(text.substr(colon + 1)))
    throw bad_registry(text, "has no valid port").fix("a port is a number from 1 to 65535");
  if (host.starts_with('[')) {
    in6_addr address;
    if (!host.ends_with(']') ||
        inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(), &address) != 1)
      throw bad_registry(text, "is not an IPv6 address in brackets");
  } else if (!valid_host(host)) {
    throw bad_registry(text, "is not a host name").fix("letters, digits and '-', in parts separated by '.'");
  }
  std::string canonical = base::lower(text);
  if (canonical == "index.docker.io" || canonical == "registry-1.docker.io") canonical = docker_hub_name;
  return Registry(canonical);
}

Registry Registry::docker_hub() { return Registry(std::string(docker_hub_name)); }

bool Registry::is_docker_hub() const { return text_ == docker_hub_name; }
std::string Registry::api_host() const { return is_docker_hub() ? "registry-1.docker.io" : text_; }
std::string Registry::credentials_key() const { return is_docker_hub() ? "https://index.docker.io/v1/" : text_; }

std::string Registry::host() const {
  auto host = text_.substr(0, port_colon(text_));
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

std::optional<std::uint16_t> Registry::port() const {
  auto colon = port_colon(text_);
  if (colon == std::string::npos) return std::nullopt;
  return static_cast<std::uint16_t>(std::stoul(text_.substr(colon + 1)));
}

bool Registry::is_loopback() const {
  std::string host = this->host();
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  if (auto address = ipv4(host)) return (*address)[0] == 127;
  in6_addr address;
  return inet_pton(AF_INET6, host.c_str(), &address) == 1 && IN6_IS_ADDR_LOOPBACK(&address);
}

bool Registry::is_local() const {
  if (is_loopback()) return true;
  auto address = ipv4(host());
  if (!address) return false;
  auto [a, b, c, d] = *address;
  return a == 10 || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168);
}

}  // namespace name
