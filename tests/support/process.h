#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace support {

/// A child process, found in PATH; killed by its pid when this goes, and with the test program if that dies.
class Process {
 public:
  /// Both streams go to `log`.
  Process(const std::vector<std::string>& command, const std::filesystem::path& log);
  ~Process();
  Process(const Process&) = delete;

  bool running();
  void stop();  ///< SIGKILL, and waits

 private:
  pid_t pid_ = -1;
};

/// Runs a command to its end; throws std::runtime_error with its output unless it returns 0. Returns its stdout.
std::string run(const std::vector<std::string>& command);

/// A TCP port on loopback that nobody listens on at this moment.
int free_port();

/// Waits until something listens on that port of loopback.
void wait_for_port(int port, Process& process, const std::filesystem::path& log);

}  // namespace support
