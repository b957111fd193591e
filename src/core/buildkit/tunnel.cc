#include "core/buildkit/tunnel.h"

#include <grpcpp/impl/rpc_method.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>

#include "core/base/text.h"
#include "core/buildkit/bytes_message.h"
#include "core/buildkit/rpc_error.h"

namespace buildkit {
namespace {

constexpr std::size_t piece_bytes = 256 << 10;

}  // namespace

base::Error session_ended() {
  return base::Error(base::Kind::unavailable, "the BuildKit engine ended the session of this build")
      .fix("see the engine's log");
}

Tunnel::Tunnel(std::shared_ptr<grpc::Channel> channel, const std::vector<std::pair<std::string, std::string>>& metadata,
               base::Fd socket, std::function<void(base::Error)> lost)
    : channel_(std::move(channel)), socket_(std::move(socket)), lost_(std::move(lost)) {
  for (const auto& [key, value] : metadata) context_.AddMetadata(key, value);
  static constexpr char method[] = "/moby.buildkit.v1.Control/Session";
  stream_.reset(grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
      channel_.get(), grpc::internal::RpcMethod(method, grpc::internal::RpcMethod::BIDI_STREAMING), &context_));
  sender_ = std::thread([this] { send(); });
  receiver_ = std::thread([this] { receive(); });
}

Tunnel::~Tunnel() { close(); }

void Tunnel::send() {
  for (;;) {
    grpc_slice raw = grpc_slice_malloc_large(piece_bytes);
    grpc::Slice piece(raw, grpc::Slice::STEAL_REF);
    ssize_t n = ::recv(socket_.get(), GRPC_SLICE_START_PTR(raw), piece_bytes, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    auto size = static_cast<std::size_t>(n);
    // A short read would keep the whole piece in memory for as long as gRPC holds it.
    grpc::Slice content = size < piece_bytes / 8 ? grpc::Slice(piece.begin(), size) : piece.sub(0, size);
    if (!stream_->Write(bytes_message(std::move(content)))) break;
  }
  stream_->WritesDone();
}

void Tunnel::receive() {
  grpc::ByteBuffer message;
  bool delivering = true;
  while (stream_->Read(&message)) {
    auto content = bytes_message_content(message);
    if (!content) break;
    // After the server is gone the stream is still read to its end: that is how it ends well.
    for (std::size_t at = 0; delivering && at < content->size();) {
      ssize_t n = ::send(socket_.get(), content->begin() + at, content->size() - at, MSG_NOSIGNAL);
      if (n > 0) at += static_cast<std::size_t>(n);
      if (n < 0 && errno != EINTR) delivering = false;
    }
  }
  // The server must notice, and with it the sending thread.
  ::shutdown(socket_.get(), SHUT_RDWR);
  sender_.join();
  grpc::Status status = stream_->Finish();
  bool unexpected;
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
    unexpected = !closing_;
    changed_.notify_all();
  }
  if (!unexpected || !lost_) return;
  if (!status.ok()) return lost_(rpc_error(status, "keeping the session open"));
  lost_(session_ended());
}

void Tunnel::expect_end() {
  std::lock_guard lock(mutex_);
  closing_ = true;
}

void Tunnel::close() {
  {
    std::unique_lock lock(mutex_);
    if (!receiver_.joinable()) return;
    closing_ = true;
  }
  ::shutdown(socket_.get(), SHUT_RDWR);
  {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(1), [&] { return ended_; })) context_.TryCancel();
  }
  receiver_.join();
}

}  // namespace buildkit
