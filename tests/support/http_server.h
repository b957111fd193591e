#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/base/fd.h"

namespace support {

struct HttpRequest {
  std::string method, target;                  ///< target as sent, query included
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;

  std::string path() const { return target.substr(0, target.find('?')); }
  std::string header(const std::string& name) const;  ///< "" if absent
};

/// One connection as its handler sees it: bytes out, as right or wrong as the test wants them.
class Wire {
 public:
  explicit Wire(int fd) : fd_(fd) {}
  void send(std::string_view bytes);
  /// A whole response with Content-Length.
  void reply(int status, std::string_view body = "", const std::vector<std::string>& headers = {});
  void reset();  ///< the other side sees "connection reset by peer"
  void close();  ///< an orderly end after what was sent
  bool open() const { return open_; }

 private:
  int fd_;
  bool open_ = true;
};

/// An HTTP/1.1 server on loopback whose every answer is up to the test, faults first of all.
///
///     support::HttpServer server([](const support::HttpRequest& request, support::Wire& wire) {
///       wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
///       wire.reset();
///     });
class HttpServer {
 public:
  /// Called for each request, from the thread of its connection.
  using Handler = std::function<void(const HttpRequest&, Wire&)>;
  /// Asked with a request's head: after how many bytes of its body the connection is reset; nullopt for not at all.
  using BodyBreak = std::function<std::optional<std::size_t>(const HttpRequest& head)>;
  explicit HttpServer(Handler handler, BodyBreak body_break = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;

  int port() const { return port_; }
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(std::string_view path = "/") const { return "http://" + host() + std::string(path); }

  std::vector<HttpRequest> requests() const;       ///< so far
  std::vector<std::string> request_lines() const;  ///< "GET /v2/"
  int connections() const { return connections_; }
  int most_at_once() const { return most_at_once_; }

 private:
  void accept_loop();
  void serve(int fd);

  Handler handler_;
  BodyBreak body_break_;
  base::Fd listener_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0, handling_ = 0, most_at_once_ = 0;
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  std::vector<std::thread> threads_;
  std::vector<int> fds_;
  std::thread acceptor_;
};

}  // namespace support
