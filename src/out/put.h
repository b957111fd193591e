#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "core/recipe/policy.h"
#include "core/remote/repository.h"
#include "core/resource/run.h"
#include "core/sign/key.h"
#include "out/tags.h"

namespace out {

/// The end of every put: what was pushed by digest is signed if source.cosign has a private key, the tags are moved,
/// and the reply says so.
class Put {
 public:
  /// Borrows source and repository. Throws invalid for a key that is none, denied for a wrong password.
  Put(const resource::Source& source, const remote::Repository& repository, Tags tags, std::stop_token stop);

  const Tags& tags() const { return tags_; }
  /// Signs a manifest that the registry has, if source.cosign has a private key.
  void sign(const oci::Descriptor& pushed) const;
  /// Signs `image`, moves the tags to it, and returns the reply: repository and tags, then `details`.
  std::string finish(const oci::Document& image, resource::Metadata details) const;

 private:
  const resource::Source& source_;
  const remote::Repository& repository_;
  Tags tags_;
  std::optional<sign::PrivateKey> key_;
  std::stop_token stop_;
};

/// Pushes the image that params.image names, if `policy` allows it.
std::string push_prebuilt(const Put& put, const remote::Repository& repository, const resource::PutParams& params,
                          const std::filesystem::path& inputs, const std::optional<recipe::Policy>& policy,
                          std::stop_token stop);

}  // namespace out
