#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/term/build_status.h"
#include "core/term/line_joiner.h"

namespace term {

/// Progress of the tasks of one step: layers that are pulled, files that are fetched.
class Tasks {
 public:
  struct Sum {
    std::uint64_t bytes = 0;
    std::uint64_t total = 0;  ///< 0 when some task does not know its own
    std::size_t tasks = 0, finished = 0;
    std::string name;                     ///< of the only task
    std::chrono::nanoseconds elapsed{0};  ///< from the first start to the last completion so far
  };

  /// Takes in one report; true when it is the first to say that a task without bytes has completed.
  bool update(const BuildStatus::Task& task);
  /// Over the tasks that move bytes.
  Sum sum() const;
  const std::map<std::string, BuildStatus::Task>& all() const { return tasks_; }  ///< by id

 private:
  std::map<std::string, BuildStatus::Task> tasks_;
};

/// What is known of one step of a build.
struct Step {
  std::size_t number = 0;  ///< 0 = it was given none
  std::string name;

  std::optional<Time> started, completed;  ///< of the latest run
  std::chrono::nanoseconds elapsed{0};     ///< all runs together
  bool failed = false;

  LineJoiner output[2];          ///< stdout, stderr
  std::deque<std::string> tail;  ///< the last lines of both
  Tasks tasks;

  /// Takes in an announcement; true when it says that a run has ended.
  bool update(const BuildStatus::Vertex& vertex);
  /// Keeps a line of output for the end, the last `max_lines` of them.
  void keep(std::string_view line, std::size_t max_lines);
  /// What stands above them: "last 2 lines of #7 [apt] install:", or that there are none.
  std::string tail_title() const;
};

/// "context canceled": the step was stopped because another failed, or by the user.
bool is_cancellation(const std::string& error);

}  // namespace term
