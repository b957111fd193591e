#include "core/buildkit/status_message.h"

#include <algorithm>

namespace buildkit {
namespace {

std::optional<term::Time> to_time(bool present, const wellknown::Timestamp& time) {
  if (!present) return std::nullopt;
  // Bounded so that hostile figures do not overflow: the years 1677 to 2262, and nanoseconds within a second.
  constexpr std::int64_t limit = 9'223'372'035;
  std::int64_t seconds = std::clamp(time.seconds(), -limit, limit);
  std::int32_t nanos = std::clamp(time.nanos(), 0, 999'999'999);
  return term::Time(std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanos));
}

}  // namespace

term::BuildStatus to_status(const moby::buildkit::v1::StatusResponse& message) {
  term::BuildStatus out;
  for (const auto& each : message.vertexes()) {
    auto& vertex = out.vertices.emplace_back();
    vertex.digest = each.digest();
    vertex.inputs.assign(each.inputs().begin(), each.inputs().end());
    vertex.name = each.name();
    vertex.cached = each.cached();
    vertex.started = to_time(each.has_started(), each.started());
    vertex.completed = to_time(each.has_completed(), each.completed());
    vertex.error = each.error();
  }
  for (const auto& each : message.statuses()) {
    auto& task = out.tasks.emplace_back();
    task.id = each.id();
    task.vertex = each.vertex();
    task.name = each.name();
    task.current = each.current();
    task.total = each.total();
    task.started = to_time(each.has_started(), each.started());
    task.completed = to_time(each.has_completed(), each.completed());
  }
  for (const auto& each : message.logs())
    out.logs.push_back({each.vertex(), static_cast<int>(each.stream()), each.msg()});
  for (const auto& each : message.warnings()) {
    auto& warning = out.warnings.emplace_back();
    warning.vertex = each.vertex();
    warning.level = static_cast<int>(each.level());
    warning.text = each.short_();
    warning.detail.assign(each.detail().begin(), each.detail().end());
    warning.url = each.url();
  }
  return out;
}

}  // namespace buildkit
