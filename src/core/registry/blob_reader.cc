#include "core/registry/blob_reader.h"

#include <algorithm>

#include "core/base/text.h"

namespace registry {

BlobReader::BlobReader(const oci::Descriptor& descriptor, const http::Sink& sink)
    : descriptor_(descriptor), sink_(sink), hasher_(descriptor.digest) {}

std::string BlobReader::what() const { return "blob " + descriptor_.digest.text(); }

void BlobReader::take(std::span<const std::byte> piece) {
  if (to_skip_ > 0) {
    auto skipped = std::min<std::uint64_t>(to_skip_, piece.size());
    to_skip_ -= skipped;
    piece = piece.subspan(skipped);
    if (piece.empty()) return;
  }
  if (piece.size() > descriptor_.size - done_)
    throw base::Error(base::Kind::corrupt, what() + " is longer than the " + std::to_string(descriptor_.size) +
                                               " bytes its descriptor says");
  hasher_.update(piece);
  done_ += piece.size();
  sink_(piece);
}

void BlobReader::check_start(const http::Response& response) {
  to_skip_ = 0;
  if (response.status == 206) {
    auto wanted = "bytes " + std::to_string(done_) + "-";
    auto range = response.headers.get("Content-Range").value_or("");
    if (!range.starts_with(wanted))
      throw base::Error(base::Kind::corrupt, what() + ": the registry sends range " + base::quoted(range, 60) + ", " +
                                                 base::quoted(wanted) + " was asked for");
    return;
  }
  to_skip_ = done_;
  if (auto length = response.content_length(); length && *length != descriptor_.size)
    throw base::Error(base::Kind::corrupt, what() + ": the registry announces " + std::to_string(*length) +
                                               " bytes, its descriptor says " + std::to_string(descriptor_.size));
}

void BlobReader::one_try(const Endpoint& endpoint, std::stop_token stop) {
  const auto& path = endpoint.repository.path();
  Client::Call call{.target = "/v2/" + path + "/blobs/" + descriptor_.digest.text(), .scopes = {{path}}};
  if (done_ > 0) call.headers.set("Range", "bytes=" + std::to_string(done_) + "-");
  call.on_start = [this](const http::Response& response) { check_start(response); };
  call.sink = [this](std::span<const std::byte> piece) { take(piece); };
  endpoint.client->send_once(call, stop);
  if (done_ == descriptor_.size) return;
  // Neither length nor chunks: only the count shows that the connection was closed too early.
  http::Error error(base::Kind::unavailable, http::Cause::broken,
                    what() + " ended at byte " + std::to_string(done_) + " of " + std::to_string(descriptor_.size));
  error.set_temporary(true);
  throw error;
}

void BlobReader::read_from(const Endpoint& endpoint, std::stop_token stop) {
  auto retries = endpoint.client->retries();
  while (done_ < descriptor_.size || descriptor_.size == 0) {
    const auto before = done_;
    try {
      return one_try(endpoint, stop);
    } catch (http::Error& error) {
      if (done_ > before) retries.restart();
      if (!retries.next(error, stop)) throw;
    }
  }
}

void BlobReader::verify() {
  if (auto found = hasher_.finish(); found != descriptor_.digest)
    throw base::Error(base::Kind::corrupt, what() + " has digest " + found.text())
        .fix("push the image again: what the registry keeps is damaged");
}

}  // namespace registry
