#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/hasher.h"
#include "core/http/retry.h"
#include "core/registry/puller.h"

namespace registry {

/// Streams one blob from the first endpoint that gives it, going on where a try, or an endpoint, broke off.
class BlobReader {
 public:
  BlobReader(const oci::Descriptor& descriptor, const http::Sink& sink);

  /// Reads what is still missing. Throws what the last try threw; the bytes that came stay counted.
  void read_from(const Endpoint& endpoint, std::stop_token stop);
  /// Throws corrupt unless size and digest are right.
  void verify();

 private:
  void one_try(const Endpoint& endpoint, std::stop_token stop);
  void check_start(const http::Response& response);
  void take(std::span<const std::byte> piece);
  std::string what() const;

  const oci::Descriptor& descriptor_;
  const http::Sink& sink_;
  base::Hasher hasher_;
  std::uint64_t done_ = 0;
  std::uint64_t to_skip_ = 0;  // of a response that starts at the front although a range was asked for
};

}  // namespace registry
