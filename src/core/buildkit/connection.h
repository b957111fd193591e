#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/buildkit/endpoint.h"
#include "core/name/platform.h"

namespace grpc {
class Channel;
}

namespace buildkit {

/// What the engine says of itself.
struct Engine {
  std::string version;                    ///< "v0.13.2"; empty where the engine keeps it to itself
  std::vector<name::Platform> platforms;  ///< of all workers, first come first
};

/// An open connection to an engine that has answered. It does not reconnect: a build would not survive it anyway.
/// All calls may be made from several threads.
class Connection {
 public:
  /// Connects and asks the engine who it is; `patience` bounds the whole of it.
  /// Throws base::Error, each with a fix: not_found (no such socket), unavailable (nobody listens, no answer in time),
  /// denied (file permissions, TLS), unsupported (engine too old, or no BuildKit at all), cancelled.
  explicit Connection(Endpoint endpoint, std::stop_token stop = {},
                      std::chrono::milliseconds patience = std::chrono::seconds(15));
  ~Connection();
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) = delete;

  const Endpoint& endpoint() const { return endpoint_; }
  const Engine& engine() const { return engine_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  Endpoint endpoint_;
  Engine engine_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace buildkit
