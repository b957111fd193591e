#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "core/base/temporary_directory.h"

namespace buildkit {

/// An ssh-agent of our own (OpenSSH's) that holds one private key for as long as this lives. The key is handed over a
/// pipe and is never in a file.
class KeyAgent {
 public:
  /// Throws unsupported when there is no ssh-agent or ssh-add, invalid for text that is no key, or one with a
  /// passphrase; `what` names the key: "params.ssh.default".
  KeyAgent(const std::string& key, const std::string& what);
  KeyAgent(const KeyAgent&) = delete;
  KeyAgent& operator=(const KeyAgent&) = delete;

  const std::filesystem::path& socket() const { return socket_; }

 private:
  struct Process {
    pid_t id = -1;
    ~Process();
  };

  base::TemporaryDirectory directory_;
  std::filesystem::path socket_;
  Process agent_;
};

}  // namespace buildkit
