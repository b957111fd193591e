#pragma once

#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/method_handler.h>
#include <grpcpp/support/sync_stream.h>

#include <functional>
#include <string>
#include <utility>

namespace buildkit {

using RawStream = grpc::ServerReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;

/// A service of one method whose messages are left as bytes: for transfers, where copies count, and for a method whose
/// messages depend on the call. Built of the same parts as protoc's own output.
class RawService : public grpc::Service {
 public:
  using Streaming = std::function<grpc::Status(grpc::ServerContext&, RawStream&)>;
  using Unary = std::function<grpc::Status(grpc::ServerContext&, const grpc::ByteBuffer&, grpc::ByteBuffer&)>;

  /// `path` is "/package.Service/Method".
  RawService(std::string path, Streaming handler) : path_(std::move(path)) {
    using Handler = grpc::internal::BidiStreamingHandler<RawService, grpc::ByteBuffer, grpc::ByteBuffer>;
    AddMethod(new grpc::internal::RpcServiceMethod(
        path_.c_str(), grpc::internal::RpcMethod::BIDI_STREAMING,
        new Handler([run = std::move(handler)](RawService*, grpc::ServerContext* context,
                                               RawStream* stream) { return run(*context, *stream); },
                    this)));
  }
  RawService(std::string path, Unary handler) : path_(std::move(path)) {
    using Handler = grpc::internal::RpcMethodHandler<RawService, grpc::ByteBuffer, grpc::ByteBuffer>;
    AddMethod(new grpc::internal::RpcServiceMethod(
        path_.c_str(), grpc::internal::RpcMethod::NORMAL_RPC,
        new Handler(
            [run = std::move(handler)](RawService*, grpc::ServerContext* context, const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* reply) { return run(*context, *request, *reply); },
            this)));
  }

  const std::string& path() const { return path_; }

 private:
  std::string path_;  // gRPC keeps the pointer
};

}  // namespace buildkit
