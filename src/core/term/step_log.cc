#include "core/term/step_log.h"

#include <algorithm>

#include "core/term/figures.h"
#include "core/term/step_text.h"

namespace term {
namespace {

constexpr std::size_t max_name_bytes = 200;
constexpr std::size_t max_kept_line_bytes = 4 << 10;

std::uint64_t saturating_add(std::uint64_t a, std::int64_t b) {
  std::uint64_t sum = a + static_cast<std::uint64_t>(std::max<std::int64_t>(b, 0));
  return sum < a ? UINT64_MAX : sum;
}

bool moves_bytes(const BuildStatus::Task& task) { return task.current > 0 || task.total > 0; }

}  // namespace

bool Tasks::update(const BuildStatus::Task& task) {
  BuildStatus::Task& known = tasks_[task.id];
  bool ended = task.completed && !known.completed;
  known = task;
  return ended && !moves_bytes(task);
}

Tasks::Sum Tasks::sum() const {
  Sum sum;
  bool totals_known = true;
  std::optional<Time> first, last;
  for (const auto& [id, task] : tasks_) {
    if (!moves_bytes(task)) continue;
    sum.tasks++;
    if (task.completed) sum.finished++;
    sum.bytes = saturating_add(sum.bytes, task.current);
    sum.total = saturating_add(sum.total, task.total);
    totals_known = totals_known && task.total > 0;
    sum.name = task.name.empty() ? id : task.name;
    if (task.started) first = first ? std::min(*first, *task.started) : *task.started;
    if (task.completed) last = last ? std::max(*last, *task.completed) : *task.completed;
  }
  if (!totals_known) sum.total = 0;
  if (first && last) sum.elapsed = time_between(*first, *last);
  return sum;
}

bool Step::update(const BuildStatus::Vertex& vertex) {
  if (!vertex.name.empty()) name = one_line(vertex.name, max_name_bytes);
  if (vertex.started && vertex.started != started) {
    started = vertex.started;
    completed.reset();
  }
  if (!vertex.completed || vertex.completed == completed) return false;
  completed = vertex.completed;
  if (started) elapsed = std::min(elapsed + time_between(*started, *completed), max_duration);
  return true;
}

void Step::keep(std::string_view line, std::size_t max_lines) {
  if (max_lines == 0) return;
  if (tail.size() == max_lines) tail.pop_front();
  std::size_t cut = utf8_cut(line, max_kept_line_bytes);
  tail.push_back(std::string(line.substr(0, cut)) + (cut < line.size() ? "…" : ""));
}

std::string Step::tail_title() const {
  std::string what = number == 0 ? name : "#" + std::to_string(number) + " " + name;
  if (tail.empty()) return what + " failed without output";
  return (tail.size() == 1 ? "last line of " : "last " + std::to_string(tail.size()) + " lines of ") + what + ":";
}

bool is_cancellation(const std::string& error) { return error.find("context canceled") != std::string::npos; }

}  // namespace term
