#pragma once

#include <string>

#include "core/buildkit/endpoint.h"

namespace CLI {
class App;
}

namespace cli {

/// The options with which a command names its BuildKit engine: --addr and the TLS files.
struct EngineOptions {
  std::string address, ca_file, cert_file, key_file;

  void add_to(CLI::App& command);
  /// --addr, else $BUILDKIT_HOST, else buildkitd's socket or Docker's, whichever is there. Throws invalid, not_found.
  buildkit::Endpoint endpoint() const;
};

}  // namespace cli
