#include "core/buildkit/credentials_service.h"

#include "core/base/error.h"

namespace buildkit {

grpc::Status CredentialsService::Credentials(grpc::ServerContext*,
                                             const moby::filesync::v1::CredentialsRequest* request,
                                             moby::filesync::v1::CredentialsResponse* reply) {
  if (!lookup_) return grpc::Status::OK;
  // Docker Hub's name differs between a reference and the server that answers for it.
  std::string host = request->host();
  if (host == "registry-1.docker.io" || host == "index.docker.io") host = "docker.io";
  try {
    if (auto found = lookup_(host)) {
      reply->set_username(found->username);
      reply->set_secret(found->secret);
    }
    return grpc::Status::OK;
  } catch (const base::Error& error) {
    problem_.set(error);
    return {grpc::StatusCode::UNKNOWN, error.message()};
  }
}

}  // namespace buildkit
