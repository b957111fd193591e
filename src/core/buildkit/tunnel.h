#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/sync_stream.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/fd.h"

namespace buildkit {

/// What a session's user is told when the engine hangs up.
base::Error session_ended();

/// Carries the bytes of a socket over a Control.Session stream, both ways: the engine is the client of the gRPC server
/// at the socket's other end.
class Tunnel {
 public:
  /// `socket` is a blocking stream socket. `lost` is called at most once, from another thread, if the engine ends the
  /// stream before `close`.
  Tunnel(std::shared_ptr<grpc::Channel> channel, const std::vector<std::pair<std::string, std::string>>& metadata,
         base::Fd socket, std::function<void(base::Error)> lost);
  ~Tunnel();
  Tunnel(const Tunnel&) = delete;
  Tunnel& operator=(const Tunnel&) = delete;

  /// From here on the stream's end is no loss: the socket's other end is about to be closed.
  void expect_end();
  /// Ends the stream, politely for at most a second; the socket's other end should be closed already.
  void close();

 private:
  void send();
  void receive();

  std::shared_ptr<grpc::Channel> channel_;
  grpc::ClientContext context_;
  base::Fd socket_;
  std::function<void(base::Error)> lost_;
  std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>> stream_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closing_ = false, ended_ = false;
  std::thread sender_, receiver_;
};

}  // namespace buildkit
