#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/http/transport.h"
#include "core/registry/aws_keys.h"
#include "core/registry/credentials.h"

namespace registry {

struct EcrOptions {
  std::string region;
  AwsKeys keys = {};                        ///< empty: what find_aws_keys finds
  std::vector<std::string> role_arns = {};  ///< assumed one after the other
  std::string account_id = {};              ///< of another account's registry; "" for our own
  AwsEndpoints endpoints = {};
};

/// Amazon's registry: a password for 12 hours, asked for once (ECR GetAuthorizationToken). Thread-safe.
class Ecr : public CredentialSource {
 public:
  /// Borrows `transport`. Throws invalid for what is no region.
  Ecr(http::Transport& transport, EcrOptions options);

  Credentials credentials(const name::Registry& registry, std::stop_token stop = {}) override;
  /// "<account>.dkr.ecr.<region>.amazonaws.com"; asks AWS unless the account was given.
  name::Registry registry(std::stop_token stop = {});

 private:
  struct Answer {
    Credentials credentials;
    std::string endpoint;
  };
  const Answer& answer(std::stop_token stop);

  http::Transport& transport_;
  EcrOptions options_;
  std::mutex mutex_;
  std::optional<Answer> answer_;
};

}  // namespace registry
