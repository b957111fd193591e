#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/temporary_directory.h"
#include "core/buildkit/endpoint.h"

namespace buildkit {

/// What buildkitd has to know of a registry (its buildkitd.toml, "registry").
struct EngineRegistry {
  std::string host;                  ///< with port
  bool http = false;                 ///< plain http is permitted
  std::vector<std::string> mirrors;  ///< hosts that are asked first
  std::string ca;                    ///< PEM, trusted besides the system's
};

struct OwnEngineOptions {
  std::string config;                      ///< the text of a buildkitd.toml; its tables win over `registries`
  std::vector<EngineRegistry> registries;  ///< added to it, each host once
  std::filesystem::path parent;            ///< where its state goes; empty: /scratch where there is one, else TMPDIR
  std::chrono::milliseconds patience = std::chrono::seconds(30);  ///< until it must serve
};

/// A buildkitd of our own, found in PATH, on a socket that nobody else can reach. It lives in namespaces of its own
/// (namespaces.h), so that with it go all that it started and mounted, however this process ends; its state is removed
/// when this goes.
class OwnEngine {
 public:
  /// Returns when it serves. Throws, each with a fix: not_found (no buildkitd or no runc), denied (neither is the
  /// container privileged nor does it permit a user namespace), failed (it ended at once: its last words), unavailable
  /// (it does not serve in time), cancelled.
  explicit OwnEngine(const OwnEngineOptions& options, std::stop_token stop = {});
  ~OwnEngine();
  OwnEngine(const OwnEngine&) = delete;

  Endpoint endpoint() const;
  pid_t pid() const { return pid_; }

 private:
  void await(std::chrono::milliseconds patience, std::stop_token stop);
  void end();
  bool running();
  std::string last_words() const;

  base::TemporaryDirectory directory_;
  pid_t pid_ = -1;
};

/// The text that buildkitd reads: `config`, and a table for each registry that it does not have one for; where it has
/// one, nothing is added to that. Certificates are files in `directory`.
std::string engine_config(const OwnEngineOptions& options, const std::filesystem::path& directory);

}  // namespace buildkit
