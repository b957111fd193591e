#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "ssh.grpc.pb.h"

namespace buildkit {

/// Lets steps talk to ssh agents of the caller's by id (moby.sshforward.v1.SSH): bytes go to and from a unix socket.
class SshService final : public moby::sshforward::v1::SSH::Service {
 public:
  explicit SshService(std::map<std::string, std::filesystem::path> sockets) : sockets_(std::move(sockets)) {}

  grpc::Status CheckAgent(grpc::ServerContext* context, const moby::sshforward::v1::CheckAgentRequest* request,
                          moby::sshforward::v1::CheckAgentResponse* reply) override;
  grpc::Status ForwardAgent(grpc::ServerContext* context,
                            grpc::ServerReaderWriter<moby::sshforward::v1::BytesMessage,
                                                     moby::sshforward::v1::BytesMessage>* stream) override;

 private:
  std::map<std::string, std::filesystem::path> sockets_;
};

}  // namespace buildkit
