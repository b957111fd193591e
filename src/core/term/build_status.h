#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace term {

using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

/// What a running build tells (moby.buildkit.v1.StatusResponse), as values. Every text in it comes from outside.
struct BuildStatus {
  /// A step of the graph. Announced before it starts; may start and complete several times (cache probe, then run).
  struct Vertex {
    std::string digest;
    std::vector<std::string> inputs;
    std::string name;
    bool cached = false;
    std::optional<Time> started, completed;
    std::string error;
  };
  /// Progress within a step: a layer that is pulled, a file that is fetched. `total` 0 = unknown.
  struct Task {
    std::string id, vertex, name;
    std::int64_t current = 0, total = 0;
    std::optional<Time> started, completed;
  };
  struct Log {
    std::string vertex;
    int stream = 1;  ///< 1 stdout, 2 stderr
    std::string data;
  };
  struct Warning {
    std::string vertex;
    int level = 0;
    std::string text;
    std::vector<std::string> detail;
    std::string url;
  };
  std::vector<Vertex> vertices;
  std::vector<Task> tasks;
  std::vector<Log> logs;
  std::vector<Warning> warnings;
};

/// Takes a build's status. Called from one thread at a time, in the order in which the engine sent it.
class StatusSink {
 public:
  virtual ~StatusSink() = default;
  virtual void status(const BuildStatus& status) = 0;
};

}  // namespace term
