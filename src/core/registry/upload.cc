#include "core/registry/upload.h"

#include <algorithm>
#include <charconv>

#include "core/base/text.h"

namespace registry {
namespace {

constexpr std::uint64_t max_chunk = std::uint64_t{1} << 32;

/// A piece of a source, that tells how far it got.
class Window : public http::Source {
 public:
  Window(http::Source& source, std::uint64_t begin, std::optional<std::uint64_t> end,
         const std::function<void(std::uint64_t)>& progress)
      : source_(source), begin_(begin), end_(end), progress_(progress) {}

  std::optional<std::uint64_t> size() const override {
    if (end_) return *end_ - begin_;
    return source_.size();
  }
  std::size_t read(std::span<std::byte> buffer) override {
    if (end_) buffer = buffer.first(std::min<std::uint64_t>(buffer.size(), *end_ - begin_ - position_));
    auto n = buffer.empty() ? 0 : source_.read(buffer);
    position_ += n;
    if (progress_) progress_(begin_ + position_);
    return n;
  }
  void rewind(std::uint64_t position) override {
    source_.rewind(begin_ + position);
    position_ = position;
    if (progress_) progress_(begin_ + position_);
  }

 private:
  http::Source& source_;
  std::uint64_t begin_, position_ = 0;
  std::optional<std::uint64_t> end_;
  const std::function<void(std::uint64_t)>& progress_;
};

http::Error start_again(const std::string& why) {
  http::Error error(base::Kind::unavailable, http::Cause::broken, why);
  error.set_temporary(true);
  return error;
}

/// What a registry that lost the upload says: only a new one helps.
bool upload_lost(const Error& error) {
  return error.status() == 416 || error.has_code("BLOB_UPLOAD_UNKNOWN") || error.has_code("BLOB_UPLOAD_INVALID") ||
         (error.status() == 404 && error.entries().empty());
}

}  // namespace

Upload::Upload(const Endpoint& endpoint, const oci::Descriptor& descriptor, http::Source& source,
               const BlobOptions& options)
    : endpoint_(endpoint), descriptor_(descriptor), source_(source), options_(options) {}

std::string Upload::uploads() const { return "/v2/" + endpoint_.repository.path() + "/blobs/uploads/"; }
std::string Upload::blob_target() const {
  return "/v2/" + endpoint_.repository.path() + "/blobs/" + descriptor_.digest.text();
}
std::vector<Scope> Upload::scopes() const { return {{endpoint_.repository.path(), "pull,push"}}; }

bool Upload::present(std::stop_token stop) const {
  return endpoint_.client
      ->send_once({.method = "HEAD", .target = blob_target(), .scopes = scopes(), .accept = {404}}, stop)
      .ok();
}

std::string Upload::location_of(const http::Response& response) const {
  auto location = response.headers.get("Location");
  if (!location || location->empty())
    throw base::Error(base::Kind::corrupt, "registry " + base::quoted(endpoint_.client->registry().text()) +
                                               " does not say where to send the upload (no Location)");
  try {
    return http::Url::parse(response.url).resolve(*location).text();
  } catch (const base::Error& error) {
    throw base::Error(base::Kind::corrupt, "registry " + base::quoted(endpoint_.client->registry().text()) +
                                               " sends the upload nowhere: " + error.message());
  }
}

bool Upload::mount(std::optional<std::string>& location, std::stop_token stop) {
  Client::Call call{.method = "POST",
                    .target = uploads() + "?mount=" + base::url_encode(descriptor_.digest.text()) +
                              "&from=" + base::url_encode(options_.mount_from->path()),
                    .scopes = scopes()};
  call.scopes.push_back({options_.mount_from->path()});
  try {
    auto response = endpoint_.client->send(call, stop);
    if (response.status == 201) return true;
    location = location_of(response);
  } catch (const Error& error) {
    // Not allowed to read there, not supported, not found: mounting only saves work.
    if (error.temporary()) throw;
  }
  return false;
}

std::string Upload::start(std::stop_token stop) {
  auto response = endpoint_.client->send_once({.method = "POST", .target = uploads(), .scopes = scopes()}, stop);
  if (auto text = response.headers.get("OCI-Chunk-Min-Length"))
    std::from_chars(text->data(), text->data() + text->size(), min_chunk_);
  return location_of(response);
}

void Upload::close(const std::string& location, http::Source* body, std::stop_token stop) {
  auto url = http::Url::parse(location).with_query("digest=" + base::url_encode(descriptor_.digest.text()));
  Client::Call call{.method = "PUT",
                    .target = url.text(),
                    .scopes = scopes(),
                    .headers = {{"Content-Type", "application/octet-stream"}},
                    .body = body,
                    .patience = upload_patience};
  auto response = endpoint_.client->send_once(call, stop);
  auto stored = response.headers.get("Docker-Content-Digest");
  if (stored && base::Digest::valid(*stored) && *stored != descriptor_.digest.text())
    throw base::Error(base::Kind::corrupt,
                      "blob " + descriptor_.digest.text() + " was sent, the registry stored " + *stored);
}

void Upload::send_whole(const std::string& location, std::stop_token stop) {
  Window window(source_, 0, std::nullopt, options_.progress);
  close(location, &window, stop);
}

std::string Upload::send_chunk(const std::string& location, std::uint64_t begin, std::uint64_t end,
                               std::stop_token stop) {
  Window window(source_, begin, end, options_.progress);
  auto response = endpoint_.client->send_once(
      {.method = "PATCH",
       .target = location,
       .scopes = scopes(),
       .headers = {{"Content-Type", "application/octet-stream"},
                   {"Content-Range", std::to_string(begin) + "-" + std::to_string(end - 1)}},
       .body = &window,
       .patience = upload_patience},
      stop);
  return location_of(response);
}

std::optional<std::uint64_t> Upload::received(const std::string& location, std::stop_token stop) const {
  auto response = endpoint_.client->send_once({.target = location, .scopes = scopes(), .accept = {404}}, stop);
  if (!response.ok()) return std::nullopt;
  auto range = response.headers.get("Range").value_or("");
  auto dash = range.find('-');
  std::uint64_t last = 0;
  if (dash == std::string::npos) return std::nullopt;
  auto [end, error] = std::from_chars(range.data() + dash + 1, range.data() + range.size(), last);
  if (error != std::errc() || end != range.data() + range.size() || last >= descriptor_.size) return std::nullopt;
  // "0-0" is what distribution says of an upload that is still empty; starting over is right for one byte as well.
  return last == 0 ? 0 : last + 1;
}

void Upload::send_chunks(std::string location, std::stop_token stop) {
  const auto chunk = std::min(std::max(options_.chunk_bytes, min_chunk_), max_chunk);
  auto retries = endpoint_.client->retries();
  for (std::uint64_t begin = 0; begin < descriptor_.size;) {
    auto end = std::min(begin + chunk, descriptor_.size);
    try {
      location = send_chunk(location, begin, end, stop);
      begin = end;
      retries.restart();
    } catch (http::Error& error) {
      if (!retries.next(error, stop)) throw;
      auto there = received(location, stop);
      if (!there || *there < begin || *there > end) throw start_again("the upload was lost half-way");
      begin = *there;
    }
  }
  close(location, nullptr, stop);
}

Delivery Upload::run(std::stop_token stop) {
  std::optional<std::string> location;
  if (options_.mount_from && *options_.mount_from != endpoint_.repository &&
      options_.mount_from->registry() == endpoint_.repository.registry()) {
    if (mount(location, stop)) return Delivery::mounted;
  }
  bool first = true;
  return http::with_retries(endpoint_.client->retries(), stop, [&] {
    // The answer may have been lost, and not the upload.
    if (!first && present(stop)) return Delivery::uploaded;
    first = false;
    auto target = location ? *std::exchange(location, std::nullopt) : start(stop);
    try {
      if (options_.chunk_bytes > 0 && descriptor_.size > options_.chunk_bytes)
        send_chunks(std::move(target), stop);
      else
        send_whole(target, stop);
    } catch (const Error& error) {
      if (!upload_lost(error)) throw;
      auto again = start_again(error.message());
      throw again;
    }
    return Delivery::uploaded;
  });
}

}  // namespace registry
