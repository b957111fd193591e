#pragma once

#include <map>
#include <mutex>
#include <string>

#include "core/buildkit/rpc_error.h"
#include "core/term/build_status.h"

namespace buildkit {

/// Learns the names of a build's steps from its status, for error messages. Thread-safe.
class VertexNameBook {
 public:
  void learn(const term::BuildStatus& status) {
    std::lock_guard lock(mutex_);
    for (const auto& vertex : status.vertices) names_[vertex.digest] = vertex.name;
  }
  /// Borrows this.
  VertexNames lookup() const {
    return [this](const std::string& digest) {
      std::lock_guard lock(mutex_);
      auto found = names_.find(digest);
      return found == names_.end() ? std::string() : found->second;
    };
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> names_;
};

}  // namespace buildkit
