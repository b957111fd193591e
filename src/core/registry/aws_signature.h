#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/http/message.h"

namespace registry {

/// Keys of an AWS user or role.
struct AwsKeys {
  std::string id = {}, secret = {};
  std::string session_token = {};  ///< of temporary keys

  bool empty() const { return id.empty() || secret.empty(); }
  void protect() const;  ///< tells base::redactor() the secrets
};

/// Adds X-Amz-Date, X-Amz-Security-Token and Authorization to `request` (AWS Signature Version 4). All of the request's
/// headers are signed, and `payload`, which its body must hold.
void sign_aws(http::Request& request, std::string_view payload, const AwsKeys& keys, std::string_view region,
              std::string_view service, std::chrono::system_clock::time_point now);

}  // namespace registry
