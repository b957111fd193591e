#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/buildkit/key_agent.h"

namespace cli {

/// The ssh agents that steps may ask for.
struct SshAgents {
  std::map<std::string, std::filesystem::path> sockets;  ///< by id
  std::vector<std::unique_ptr<buildkit::KeyAgent>> own;  ///< those that were started for a key
};

/// One --ssh, "ID", "ID=SOCKET" or "ID=KEYFILE" as docker has it; $SSH_AUTH_SOCK where there is no path. Throws
/// invalid, not_found, and what KeyAgent throws.
void add_ssh(const std::string& text, SshAgents& agents);

}  // namespace cli
