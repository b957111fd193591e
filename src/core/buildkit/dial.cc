#include "core/buildkit/dial.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "core/base/error.h"
#include "core/base/text.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;

Error connect_error(const Endpoint& endpoint, int error_number) {
  std::string what = engine_at(endpoint);
  bool docker = endpoint.kind() == Endpoint::Kind::docker;
  std::string daemon = docker ? "dockerd" : "buildkitd";
  switch (error_number) {
    case ENOENT:
      return Error(Kind::not_found, what + " is not there: no such socket")
          .fix("start " + daemon + ", or correct source.buildkit.address");
    case ENOTSOCK:
      return Error(Kind::invalid, what + " is a file, not a socket").fix("correct source.buildkit.address");
    case ECONNREFUSED:
      return Error(Kind::unavailable, "nobody listens at " + base::quoted(endpoint.text()))
          .fix("start " + daemon + " there, or correct source.buildkit.address");
    case EACCES:
    case EPERM:
      return Error(Kind::denied, "no permission to connect to " + engine_at(endpoint))
          .fix("run as a user who may write to the socket");
    default:
      return Error(Kind::unavailable, "cannot connect to " + what + ": " + std::strerror(error_number))
          .fix("see whether the daemon runs and is reachable from here");
  }
}

base::Fd connected(const Endpoint& endpoint, int family, const sockaddr* address, socklen_t size, Waiter& waiter) {
  base::Fd fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) throw base::errno_error("open a socket", errno);
  if (::connect(fd.get(), address, size) == 0) return fd;
  if (errno != EINPROGRESS && errno != EAGAIN) throw connect_error(endpoint, errno);
  waiter.wait(fd.get(), POLLOUT);
  int problem = 0;
  socklen_t problem_size = sizeof problem;
  ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &problem, &problem_size);
  if (problem != 0) throw connect_error(endpoint, problem);
  return fd;
}

base::Fd dial_unix(const Endpoint& endpoint, Waiter& waiter) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  endpoint.path().copy(address.sun_path, sizeof address.sun_path - 1);
  return connected(endpoint, AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address, waiter);
}

base::Fd dial_tcp(const Endpoint& endpoint, Waiter& waiter) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  int problem = ::getaddrinfo(endpoint.host().c_str(), std::to_string(endpoint.port()).c_str(), &hints, &found);
  std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  if (problem != 0)
    throw Error(Kind::unavailable, "cannot find the host of " + engine_at(endpoint) + ": " + ::gai_strerror(problem))
        .fix("correct source.buildkit.address, or see whether this machine's name service works");
  for (addrinfo* each = found;; each = each->ai_next) {
    try {
      base::Fd fd = connected(endpoint, each->ai_family, each->ai_addr, each->ai_addrlen, waiter);
      int on = 1;
      ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return fd;
    } catch (const Error& error) {
      if (each->ai_next == nullptr || error.kind() == Kind::cancelled) throw;
    }
  }
}

Error no_docker(const Endpoint& endpoint, std::string_view answer) {
  return Error(Kind::unsupported, base::quoted(endpoint.text()) + " is not a Docker Engine with BuildKit: it answers " +
                                      base::quoted(answer))
      .fix("name the socket of a Docker Engine of 26 or newer, or use unix:// for a buildkitd socket");
}

/// The reply's head up to its empty line, byte by byte: what follows belongs to HTTP/2.
std::string read_head(int fd, const Endpoint& endpoint, Waiter& waiter) {
  constexpr std::size_t max_bytes = 16 << 10;
  constexpr std::string_view expected = "HTTP/1.";
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    char next;
    ssize_t n = ::recv(fd, &next, 1, 0);
    if (n == 1) {
      head += next;
      if (head.size() <= expected.size() && !expected.starts_with(head)) throw no_docker(endpoint, head);
      if (head.size() > max_bytes) throw no_docker(endpoint, "a header of more than 16 KiB");
    } else if (n == 0) {
      if (head.empty())
        throw Error(Kind::unavailable, engine_at(endpoint) + " closes the connection at once")
            .fix("see the daemon's log");
      throw no_docker(endpoint, base::trim(head));
    } else if (errno == EAGAIN) {
      waiter.wait(fd, POLLIN);
    } else if (errno != EINTR) {
      throw connect_error(endpoint, errno);
    }
  }
  return head;
}

}  // namespace

base::Fd dial(const Endpoint& endpoint, std::stop_token stop, Deadline deadline) {
  Waiter waiter(endpoint, std::move(stop), deadline);
  return endpoint.kind() == Endpoint::Kind::tcp ? dial_tcp(endpoint, waiter) : dial_unix(endpoint, waiter);
}

void upgrade_to_http2(int fd, const Endpoint& endpoint, const std::string& path,
                      const std::vector<std::pair<std::string, std::string>>& headers, std::stop_token stop,
                      Deadline deadline) {
  std::string request = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n";
  for (const auto& [name, value] : headers) request += name + ": " + value + "\r\n";
  request += "\r\n";

  Waiter waiter(endpoint, std::move(stop), deadline);
  for (std::string_view left = request; !left.empty();) {
    ssize_t n = ::send(fd, left.data(), left.size(), MSG_NOSIGNAL);
    if (n >= 0) {
      left.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN) {
      waiter.wait(fd, POLLOUT);
    } else if (errno != EINTR) {
      throw connect_error(endpoint, errno);
    }
  }
  std::string head = read_head(fd, endpoint, waiter);
  std::string_view status = std::string_view(head).substr(0, head.find("\r\n"));
  auto blank = status.find(' ');
  if (blank == std::string_view::npos || !status.substr(blank + 1).starts_with("101"))
    throw no_docker(endpoint, status);
}

}  // namespace buildkit
