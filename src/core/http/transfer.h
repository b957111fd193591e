#pragma once

#include <curl/curl.h>

#include <chrono>
#include <exception>
#include <memory>
#include <stop_token>

#include "core/http/curl.h"
#include "core/http/trust.h"

namespace http {

/// A libcurl handle with the connection it keeps. One transfer at a time.
struct Connection {
  Connection();
  Connection(const Connection&) = delete;
  ~Connection();
  CURLM* multi;
  CURL* easy;
};

/// One request on one connection: sets libcurl up, runs it, turns what comes back into a Response or an Error.
class Transfer {
 public:
  Transfer(Connection& connection, const CurlOptions& options, const Request& request, const Url& url);
  ~Transfer();
  Transfer(const Transfer&) = delete;

  void trust(const Trust::Anchors& anchors);
  Response run(std::stop_token stop);

 private:
  using Clock = std::chrono::steady_clock;

  void set_method();
  void set_headers();
  void set_connection();
  void loop(std::stop_token& stop);
  void finish(CURLcode code);
  Error failure(CURLcode code) const;
  Clock::time_point deadline() const;

  void start_body();
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_read(char* data, std::size_t size, std::size_t count, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);
  void header_line(std::string_view line);
  bool body_piece(std::string_view piece);

  Connection& connection_;
  const CurlOptions& options_;
  const Request& request_;
  const Url& url_;
  curl_slist* header_list_ = nullptr;
  char error_text_[CURL_ERROR_SIZE] = {};
  Response response_;
  std::size_t header_bytes_ = 0;
  bool started_ = false;
  bool cut_off_ = false;       // enough of an error's body was read
  std::exception_ptr thrown_;  // by sink, source or on_start
  Clock::time_point begin_ = Clock::now(), last_byte_ = begin_;
  bool answered_ = false;
};

}  // namespace http
