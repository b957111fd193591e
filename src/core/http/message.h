#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/http/source.h"

namespace http {

/// Header fields in order; names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields);

  void add(std::string_view name, std::string_view value);
  void set(std::string_view name, std::string_view value);  ///< replaces all of that name
  void remove(std::string_view name);
  std::optional<std::string> get(std::string_view name) const;  ///< the first of that name
  std::vector<std::string> all(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Response {
  int status = 0;
  Headers headers = {};
  std::string body = {};  ///< empty when a sink took it
  std::string url = {};   ///< what answered, after redirects; may hold a signature: redact before printing

  bool ok() const { return status >= 200 && status < 300; }
  /// Content-Length, if it is there and a number.
  std::optional<std::uint64_t> content_length() const;
};

/// Takes a piece of a body. What it throws stops the transfer and leaves send() as it is.
using Sink = std::function<void(std::span<const std::byte>)>;

/// Nothing but an error or a manifest is ever read into memory.
inline constexpr std::uint64_t default_max_body_bytes = 64 * 1024;

struct Request {
  std::string method = "GET";
  std::string url;
  Headers headers = {};
  /// The body to send: borrowed, rewound before each try.
  Source* body = nullptr;
  /// Takes the body of a 2xx response; other bodies, and all without a sink, end up in Response::body.
  Sink sink = {};
  /// Called once before the first byte of a 2xx response's body, with its status and headers.
  std::function<void(const Response&)> on_start = {};
  /// The most that goes into Response::body. A longer body of a 2xx response is an error (corrupt), of another cut off.
  std::uint64_t max_body_bytes = default_max_body_bytes;
  /// The answer may take that long (a registry that hashes a large upload) where the transport would give up sooner.
  std::chrono::seconds patience{0};
  /// 0: the transport's own.
  std::chrono::milliseconds connect_timeout{0};
};

}  // namespace http
