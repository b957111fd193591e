#pragma once

#include <map>
#include <string>

#include "secrets.grpc.pb.h"

namespace buildkit {

/// Serves the secrets of a build by id (moby.buildkit.secrets.v1.Secrets). Engines also ask for ids that nobody named,
/// for each http source; NOT_FOUND tells them to go on.
class SecretsService final : public moby::buildkit::secrets::v1::Secrets::Service {
 public:
  explicit SecretsService(std::map<std::string, std::string> secrets) : secrets_(std::move(secrets)) {}

  grpc::Status GetSecret(grpc::ServerContext*, const moby::buildkit::secrets::v1::GetSecretRequest* request,
                         moby::buildkit::secrets::v1::GetSecretResponse* reply) override {
    auto found = secrets_.find(request->id());
    if (found == secrets_.end()) return {grpc::StatusCode::NOT_FOUND, "no such secret"};
    reply->set_data(found->second);
    return grpc::Status::OK;
  }

 private:
  std::map<std::string, std::string> secrets_;
};

}  // namespace buildkit
