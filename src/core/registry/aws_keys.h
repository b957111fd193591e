#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "core/http/transport.h"
#include "core/registry/aws_signature.h"

namespace registry {

/// Where AWS answers.
struct AwsEndpoints {
  /// What the SDKs' variables say: AWS_ENDPOINT_URL_ECR, AWS_ENDPOINT_URL_STS, AWS_EC2_METADATA_SERVICE_ENDPOINT.
  static AwsEndpoints from_environment();

  std::string ecr = {}, sts = {};  ///< "" for the region's own
  std::string instance_metadata = "http://169.254.169.254";
  std::string container_metadata = "http://169.254.170.2";
};

/// The keys this process was given, in the SDKs' order: AWS_ACCESS_KEY_ID and its companions; the web identity of an
/// EKS service account; the container's role (ECS, EKS pod identity); the instance's role (IMDSv2).
/// Throws denied if there are none.
AwsKeys find_aws_keys(http::Transport& transport, const std::string& region, const AwsEndpoints& endpoints,
                      std::stop_token stop);

/// Becomes `role_arn` (STS AssumeRole), for an hour.
AwsKeys assume_aws_role(http::Transport& transport, const AwsKeys& keys, const std::string& role_arn,
                        const std::string& region, const AwsEndpoints& endpoints, std::stop_token stop);

/// "amazonaws.com" or, in China, "amazonaws.com.cn". Throws invalid for what is no region's name.
std::string aws_domain(const std::string& region);

}  // namespace registry
