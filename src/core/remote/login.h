#pragma once

#include <memory>
#include <optional>
#include <stop_token>

#include "core/http/transport.h"
#include "core/name/reference.h"
#include "core/registry/credentials.h"
#include "core/registry/docker_config.h"
#include "core/registry/ecr.h"
#include "core/resource/request.h"

namespace remote {

/// Who a resource's `source` says we are, at its registry and at its mirror: Amazon's, Azure's or Google's account,
/// username and password, or, if it says nothing, what `docker login` left in this user's home. Thread-safe.
class Login {
 public:
  /// Borrows `transport`. Nothing is asked before it is needed. Throws invalid for what cannot be (a region, a key).
  Login(http::Transport& transport, const resource::Source& source);

  /// source.repository; with aws_region that is only the path, and AWS may have to be asked for the rest.
  name::Repository repository(const resource::Source& source, std::stop_token stop);

  registry::CredentialSource& own() { return *own_; }
  registry::CredentialSource& mirror() { return *mirror_; }
  /// For registries that the source does not speak of; nullptr for anonymous.
  registry::CredentialSource* others() { return docker_config_.get(); }

 private:
  std::shared_ptr<registry::CredentialSource> docker_config_, own_, mirror_;
  std::shared_ptr<registry::Ecr> ecr_;
};

}  // namespace remote
