#pragma once

#include <functional>
#include <optional>
#include <string>

#include "auth.grpc.pb.h"
#include "core/buildkit/problem.h"
#include "core/buildkit/session.h"

namespace buildkit {

/// Hands registry credentials to the engine, for the host that it asks about and no other (moby.filesync.v1.Auth). The
/// token methods stay unimplemented, whereupon the engine gets its tokens from the registry itself.
class CredentialsService final : public moby::filesync::v1::Auth::Service {
 public:
  using Lookup = std::function<std::optional<buildkit::Credentials>(const std::string& host)>;
  /// `lookup` may be empty: everything is anonymous then. Borrows `problem`.
  CredentialsService(Lookup lookup, FirstProblem& problem) : lookup_(std::move(lookup)), problem_(problem) {}

  grpc::Status Credentials(grpc::ServerContext*, const moby::filesync::v1::CredentialsRequest* request,
                           moby::filesync::v1::CredentialsResponse* reply) override;

 private:
  Lookup lookup_;
  FirstProblem& problem_;
};

}  // namespace buildkit
