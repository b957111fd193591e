#include "tests/support/http_server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "core/base/text.h"

namespace support {
namespace {

/// Reads requests from a socket, keeping what came too early.
class Reader {
 public:
  Reader(int fd, const HttpServer::BodyBreak& body_break) : fd_(fd), body_break_(body_break) {}

  std::optional<HttpRequest> next() {
    auto end = fill_until("\r\n\r\n");
    if (!end) return std::nullopt;
    HttpRequest request = parse_head(std::string_view(buffer_).substr(0, *end));
    buffer_.erase(0, *end + 4);
    if (request.header("expect") == "100-continue") {
      std::string_view go = "HTTP/1.1 100 Continue\r\n\r\n";
      if (::send(fd_, go.data(), go.size(), MSG_NOSIGNAL) < 0) return std::nullopt;
    }
    if (auto bytes = body_break_ ? body_break_(request) : std::nullopt) {
      if (take(*bytes, request.body)) Wire(fd_).reset();
      return std::nullopt;
    }
    if (request.header("transfer-encoding") == "chunked") {
      if (!read_chunks(request.body)) return std::nullopt;
    } else if (auto length = request.header("content-length"); !length.empty()) {
      if (!take(std::stoul(length), request.body)) return std::nullopt;
    }
    return request;
  }

 private:
  static HttpRequest parse_head(std::string_view head) {
    HttpRequest request;
    auto lines = base::split(head, '\n');
    auto words = base::split(base::trim(lines[0]), ' ');
    request.method = words[0];
    if (words.size() > 1) request.target = words[1];
    for (std::size_t i = 1; i < lines.size(); ++i) {
      auto colon = lines[i].find(':');
      if (colon != std::string_view::npos)
        request.headers[base::lower(lines[i].substr(0, colon))] = base::trim(lines[i].substr(colon + 1));
    }
    return request;
  }

  bool more() {
    char piece[65536];
    ssize_t n = ::recv(fd_, piece, sizeof piece, 0);
    if (n <= 0) return false;
    buffer_.append(piece, static_cast<std::size_t>(n));
    return true;
  }

  std::optional<std::size_t> fill_until(std::string_view mark) {
    for (;;) {
      if (auto at = buffer_.find(mark); at != std::string::npos) return at;
      if (!more()) return std::nullopt;
      if (buffer_[0] == '\x16') return std::nullopt;  // TLS: a server that does not speak it hangs up
    }
  }

  bool take(std::size_t count, std::string& out) {
    while (buffer_.size() < count)
      if (!more()) return false;
    out.append(buffer_, 0, count);
    buffer_.erase(0, count);
    return true;
  }

  bool read_chunks(std::string& out) {
    for (;;) {
      auto end = fill_until("\r\n");
      if (!end) return false;
      auto size = std::stoul(buffer_.substr(0, *end), nullptr, 16);
      buffer_.erase(0, *end + 2);
      std::string line_end;
      if (!take(size, out) || !take(2, line_end)) return false;
      if (size == 0) return true;
    }
  }

  int fd_;
  const HttpServer::BodyBreak& body_break_;
  std::string buffer_;
};

}  // namespace

std::string HttpRequest::header(const std::string& name) const {
  auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

void Wire::send(std::string_view bytes) {
  while (open_ && !bytes.empty()) {
    ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) {
      open_ = false;
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void Wire::reply(int status, std::string_view body, const std::vector<std::string>& headers) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + " Whatever\r\n";
  for (const auto& header : headers) head += header + "\r\n";
  bool bodiless = status == 204 || status == 304;
  if (!bodiless) head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  send(head + "\r\n" + std::string(bodiless ? "" : body));
}

void Wire::reset() {
  linger abort{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  open_ = false;
}

void Wire::close() { open_ = false; }

HttpServer::HttpServer(Handler handler, BodyBreak body_break)
    : handler_(std::move(handler)), body_break_(std::move(body_break)) {
  listener_ = base::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_.get(), 256) != 0 ||
      ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("cannot listen on loopback");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_loop(); });
}

HttpServer::~HttpServer() {
  stopping_ = true;
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  {
    std::lock_guard lock(mutex_);
    for (int fd : fds_) ::shutdown(fd, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
}

void HttpServer::accept_loop() {
  for (;;) {
    int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (stopping_) {
      if (fd >= 0) ::close(fd);
      return;
    }
    if (fd < 0) continue;
    int yes = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    ++connections_;
    std::lock_guard lock(mutex_);
    fds_.push_back(fd);
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

void HttpServer::serve(int fd) {
  Reader reader(fd, body_break_);
  Wire wire(fd);
  while (wire.open()) {
    auto request = reader.next();
    if (!request) break;
    {
      std::lock_guard lock(mutex_);
      requests_.push_back(*request);
    }
    int now = ++handling_, most = most_at_once_;
    while (now > most && !most_at_once_.compare_exchange_weak(most, now)) {
    }
    handler_(*request, wire);
    --handling_;
  }
  std::lock_guard lock(mutex_);
  std::erase(fds_, fd);
  ::close(fd);
}

std::vector<HttpRequest> HttpServer::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<std::string> HttpServer::request_lines() const {
  std::vector<std::string> out;
  for (const auto& request : requests()) out.push_back(request.method + " " + request.target);
  return out;
}

}  // namespace support
