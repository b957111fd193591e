#include "core/frontend/image_config.h"

#include <algorithm>
#include <cstdio>
#include <string>

namespace frontend {
namespace {

/// Sets NAME=VALUE where NAME stands already, else appends: the order of an environment is part of the digest.
void set_env(std::vector<std::string>& env, const std::string& name, const std::string& value) {
  std::string entry = name + "=" + value;
  auto same = [&](const std::string& other) { return other.starts_with(name + "="); };
  auto found = std::find_if(env.begin(), env.end(), same);
  if (found == env.end())
    env.push_back(entry);
  else
    *found = entry;
}

oci::Healthcheck to_oci(const recipe::Healthcheck& check) {
  oci::Healthcheck out;
  out.test = check.test;
  if (check.interval) out.interval = *check.interval;
  if (check.timeout) out.timeout = *check.timeout;
  if (check.start_period) out.start_period = *check.start_period;
  if (check.start_interval) out.start_interval = *check.start_interval;
  if (check.retries) out.retries = *check.retries;
  return out;
}

/// One entry for each layer. Those that are missing the exporter would fill in with what its cache happens to know.
std::vector<oci::History> history(const oci::ImageConfig& base, const std::string& created,
                                  const std::vector<std::string>& layers) {
  auto of_base = base.history;
  auto counted = static_cast<std::size_t>(
      std::count_if(of_base.begin(), of_base.end(), [](const oci::History& entry) { return !entry.empty_layer; }));
  if (counted > base.diff_ids.size()) {
    of_base.clear();
    counted = 0;
  }
  for (; counted < base.diff_ids.size(); counted++) of_base.emplace_back();
  for (auto& entry : of_base)
    if (entry.created.empty()) entry.created = base.created.empty() ? created : base.created;
  for (const auto& layer : layers) of_base.push_back({.created = created, .created_by = layer, .comment = "estaleiro"});
  return of_base;
}

}  // namespace

oci::ImageConfig image_config(const oci::ImageConfig& base, const recipe::Image& image, const name::Platform& platform,
                              std::chrono::sys_seconds created, const std::vector<std::string>& layers) {
  oci::ImageConfig out = base;
  out.diff_ids.clear();
  out.created = rfc3339(created);
  out.history = history(base, out.created, layers);
  out.os = platform.os();
  out.architecture = platform.architecture();
  if (!platform.variant().empty()) out.variant = platform.variant();
  for (const auto& [key, value] : image.env) set_env(out.env, key.value, value.value);
  // As Docker does: a new entrypoint does not get the base's arguments.
  if (image.entrypoint) {
    out.entrypoint = image.entrypoint->value;
    out.cmd.reset();
  }
  if (image.cmd) out.cmd = image.cmd->value;
  if (image.shell) out.shell = image.shell->value;
  if (image.user) out.user = image.user->value;
  if (image.workdir) out.working_dir = image.workdir->value;
  if (image.stopsignal) out.stop_signal = image.stopsignal->value;
  if (image.healthcheck) out.healthcheck = to_oci(image.healthcheck->value);
  for (const auto& [key, value] : image.labels) out.labels[key.value] = value.value;
  for (const auto& volume : image.volumes) out.volumes.insert(volume.value);
  for (const auto& port : image.exposed_ports) out.exposed_ports.insert(port.value);
  return out;
}

std::string rfc3339(std::chrono::sys_seconds time) {
  auto day = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day date(day);
  std::chrono::hh_mm_ss clock(time - day);
  char out[40];
  std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return out;
}

std::optional<std::chrono::sys_seconds> parse_rfc3339(std::string_view view) {
  std::string text(view.substr(0, 64));
  int year, month, day, hour, minute, second, used = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second, &used) != 6)
    return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                   std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  std::string_view rest = std::string_view(text).substr(static_cast<std::size_t>(used));
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') rest.remove_prefix(1);
  }
  std::chrono::sys_seconds time = std::chrono::sys_days(date) + std::chrono::hours(hour) +
                                  std::chrono::minutes(minute) + std::chrono::seconds(second);
  if (rest == "Z" || rest == "z") return time;
  int hours, minutes;
  char sign;
  if (rest.size() != 6 || std::sscanf(std::string(rest).c_str(), "%c%2d:%2d", &sign, &hours, &minutes) != 3 ||
      (sign != '+' && sign != '-'))
    return std::nullopt;
  auto offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return sign == '+' ? time - offset : time + offset;
}

}  // namespace frontend
