#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/buildkit/build.h"

namespace buildkit {

/// What buildkitd tells a frontend container in its environment.
struct FrontendEnvironment {
  std::map<std::string, std::string> options;  ///< "filename", "build-arg:NAME", "cmdline" …
  std::string session_id;
  std::vector<name::Platform> platforms;  ///< that the workers run
  std::string product;                    ///< "buildkit", "docker" or empty

  /// From "NAME=VALUE" entries as in `environ`. Throws invalid for an option without '='.
  static FrontendEnvironment parse(const std::vector<std::string>& environment);
};

using StdioFrontend = std::function<frontend::Result(frontend::Gateway&, const FrontendEnvironment&)>;

/// Runs `frontend` inside a daemon that speaks gRPC over the two pipes `in` and `out` (gateway.v0): asks what it can
/// do, runs, and returns the result or the error to it. Throws what `frontend` throws, after the daemon was told; then
/// the process must still exit with 0, else the daemon reports the exit code instead. `answered` is called when the
/// daemon has the result and waits for the process to end.
void run_stdio_frontend(int in, int out, const FrontendEnvironment& environment, const StdioFrontend& frontend,
                        const std::function<void()>& answered = {});

}  // namespace buildkit
