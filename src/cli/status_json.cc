#include "cli/status_json.h"

#include <cstdio>
#include <ctime>

#include "core/base/digest.h"
#include "core/json/decode.h"

namespace cli {
namespace {

using json::Ordered;

std::string time_text(term::Time time) {
  auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(time - seconds).count();
  std::time_t whole = seconds.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&whole, &parts);
  char date[64], out[96];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(out, sizeof out, "%s.%09lldZ", date, static_cast<long long>(rest));
  return out;
}

void put(Ordered& object, const char* key, const std::optional<term::Time>& time) {
  if (time) object[key] = time_text(*time);
}

}  // namespace

std::string status_json(const term::BuildStatus& status) {
  Ordered out = Ordered::object();
  for (const auto& vertex : status.vertices) {
    Ordered entry = {{"digest", vertex.digest}};
    if (!vertex.inputs.empty()) entry["inputs"] = vertex.inputs;
    entry["name"] = vertex.name;
    put(entry, "started", vertex.started);
    put(entry, "completed", vertex.completed);
    if (vertex.cached) entry["cached"] = true;
    if (!vertex.error.empty()) entry["error"] = vertex.error;
    out["vertexes"].push_back(std::move(entry));
  }
  for (const auto& task : status.tasks) {
    Ordered entry = {{"id", task.id}, {"vertex", task.vertex}, {"name", task.name}, {"current", task.current}};
    if (task.total != 0) entry["total"] = task.total;
    put(entry, "started", task.started);
    put(entry, "completed", task.completed);
    out["statuses"].push_back(std::move(entry));
  }
  for (const auto& log : status.logs)
    out["logs"].push_back({{"vertex", log.vertex}, {"stream", log.stream}, {"data", base::to_base64(log.data)}});
  for (const auto& warning : status.warnings) {
    Ordered entry = {{"vertex", warning.vertex}, {"level", warning.level}, {"short", base::to_base64(warning.text)}};
    for (const auto& line : warning.detail) entry["detail"].push_back(base::to_base64(line));
    if (!warning.url.empty()) entry["url"] = warning.url;
    out["warnings"].push_back(std::move(entry));
  }
  return json::write(out);
}

}  // namespace cli
