#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "core/registry/pusher.h"

namespace registry {

/// A registry on object storage copies and hashes a large upload before it answers.
inline constexpr std::chrono::seconds upload_patience{600};

/// One blob on its way up (distribution-spec 1.1, "Pushing blobs"): mounted, or sent in one piece or in chunks, and
/// again from the start, or from where the registry got to, when something passes breaks.
class Upload {
 public:
  /// Borrows all of it.
  Upload(const Endpoint& endpoint, const oci::Descriptor& descriptor, http::Source& source, const BlobOptions& options);
  Delivery run(std::stop_token stop);

 private:
  std::string uploads() const;
  std::string blob_target() const;
  std::vector<Scope> scopes() const;
  bool present(std::stop_token stop) const;
  /// Whether it could be mounted; if not, `location` is where to send it, if the registry has said so already.
  bool mount(std::optional<std::string>& location, std::stop_token stop);
  std::string start(std::stop_token stop);
  void send_whole(const std::string& location, std::stop_token stop);
  void send_chunks(std::string location, std::stop_token stop);
  std::string send_chunk(const std::string& location, std::uint64_t begin, std::uint64_t end, std::stop_token stop);
  std::optional<std::uint64_t> received(const std::string& location, std::stop_token stop) const;
  void close(const std::string& location, http::Source* body, std::stop_token stop);
  std::string location_of(const http::Response& response) const;

  const Endpoint& endpoint_;
  const oci::Descriptor& descriptor_;
  http::Source& source_;
  const BlobOptions& options_;
  std::uint64_t min_chunk_ = 0;
};

}  // namespace registry
