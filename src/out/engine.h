#pragma once

#include <optional>
#include <stop_token>

#include "core/buildkit/connection.h"
#include "core/buildkit/own_engine.h"
#include "core/resource/request.h"

namespace out {

/// The engine that builds for a source: the one at `buildkit.address`, else one of our own for as long as this lives.
class Engine {
 public:
  /// Throws what OwnEngine and Connection throw.
  Engine(const resource::Source& source, std::stop_token stop);

  buildkit::Connection& connection() { return *connection_; }

 private:
  std::optional<buildkit::OwnEngine> own_;
  std::optional<buildkit::Connection> connection_;
};

/// What our own engine has to know of the source's registry and mirror.
buildkit::OwnEngineOptions engine_options(const resource::Source& source);

}  // namespace out
