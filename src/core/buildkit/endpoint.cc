#include "core/buildkit/endpoint.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <array>
#include <charconv>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/buildkit/pem.h"

namespace buildkit {
namespace {

using base::Error;

constexpr std::string_view forms =
    "unix:///run/buildkit/buildkitd.sock, tcp://HOST:PORT or docker:///var/run/docker.sock";

Error bad_address(std::string_view address, std::string_view problem) {
  return Error(base::Kind::invalid, "BuildKit address " + base::quoted(address) + " " + std::string(problem));
}

std::string socket_path(std::string_view address, std::string_view path) {
  if (path.empty() || path[0] != '/')
    throw bad_address(address, "does not name an absolute path").fix("write three slashes: unix:///run/…");
  if (path.find('\0') != std::string_view::npos) throw bad_address(address, "has a NUL byte");
  constexpr std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
  if (path.size() > longest)
    throw bad_address(address, "has a path of " + std::to_string(path.size()) + " bytes, sockets take at most " +
                                   std::to_string(longest))
        .fix("make a shorter symbolic link to the socket's directory");
  return std::string(path);
}

bool plain_host(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  for (char c : host) {
    bool good =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    if (!good) return false;
  }
  return true;
}

bool ipv6(const std::string& host) {
  in6_addr ignored;
  return ::inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

void check(const Tls& tls) {
  if (tls.cert.empty() != tls.key.empty())
    throw Error(base::Kind::invalid, tls.cert.empty() ? "a client key for BuildKit is given without its certificate"
                                                      : "a client certificate for BuildKit is given without its key")
        .fix("give both the certificate and the key as PEM text");
  if (!tls.ca.empty()) check_certificates(tls.ca, "the CA certificate for BuildKit");
  if (!tls.cert.empty()) check_pair(tls.cert, tls.key);
}

}  // namespace

Endpoint Endpoint::parse(std::string_view address, Tls tls) {
  Endpoint out;
  out.text_ = std::string(address);
  auto separator = address.find("://");
  if (separator == std::string_view::npos)
    throw bad_address(address, "has no scheme").fix("write " + std::string(forms));
  std::string_view scheme = address.substr(0, separator), rest = address.substr(separator + 3);

  if (scheme == "unix" || scheme == "docker") {
    out.kind_ = scheme == "unix" ? Kind::unix_socket : Kind::docker;
    bool usual = scheme == "docker" && rest.empty();
    out.path_ = socket_path(address, usual ? "/var/run/docker.sock" : rest);
    if (!tls.empty())
      throw bad_address(address, "is a socket on this machine, which takes no TLS certificates")
          .fix("leave the certificates out, or use tcp://HOST:PORT");
    return out;
  }
  if (scheme != "tcp") {
    Error error = bad_address(address, "has an unknown scheme " + base::quoted(scheme));
    throw error.fix("use " + std::string(forms));
  }

  out.kind_ = Kind::tcp;
  auto colon = rest.rfind(':');
  if (colon == std::string_view::npos || rest.find(']', colon) != std::string_view::npos)
    throw bad_address(address, "has no port").fix("write tcp://HOST:PORT, for example tcp://build.example:1234");
  std::string_view host = rest.substr(0, colon), port = rest.substr(colon + 1);
  auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), out.port_);
  if (problem != std::errc() || end != port.data() + port.size() || out.port_ == 0)
    throw bad_address(address, "has the port " + base::quoted(port) + ", not a number from 1 to 65535");
  bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  out.host_ = std::string(bracketed ? host.substr(1, host.size() - 2) : host);
  if (bracketed ? !ipv6(out.host_) : !plain_host(host))
    throw bad_address(address, "has the host " + base::quoted(host) + ", not a name or an IP address")
        .fix("write tcp://HOST:PORT; an IPv6 address stands in brackets");
  check(tls);
  out.tls_ = std::move(tls);
  return out;
}

}  // namespace buildkit
