#include "core/oci/config.h"

#include "core/base/text.h"
#include "core/json/decode.h"
#include "core/oci/manifest.h"

namespace oci {
namespace {

std::optional<std::vector<std::string>> optional_strings(json::Object& object, std::string_view key) {
  if (!object.has(key)) {
    object.raw(key);
    return std::nullopt;
  }
  return object.strings(key);
}

/// The keys of `{"8080/tcp": {}}`.
std::set<std::string> key_set(json::Object& object, std::string_view key) {
  std::set<std::string> out;
  const auto& value = object.raw(key);
  if (value.is_null()) return out;
  if (!value.is_object()) throw object.problem(key, "is no object");
  for (const auto& [name, ignored] : value.items()) out.insert(name);
  return out;
}

std::chrono::nanoseconds duration(json::Object& object, std::string_view key) {
  return std::chrono::nanoseconds(object.integer(key).value_or(0));
}

Healthcheck decode_healthcheck(json::Object object) {
  return {.test = object.strings("Test"),
          .interval = duration(object, "Interval"),
          .timeout = duration(object, "Timeout"),
          .start_period = duration(object, "StartPeriod"),
          .start_interval = duration(object, "StartInterval"),
          .retries = object.integer("Retries").value_or(0)};
}

History decode_history(json::Object object) {
  return {.created = object.string("created").value_or(""),
          .author = object.string("author").value_or(""),
          .created_by = object.string("created_by").value_or(""),
          .comment = object.string("comment").value_or(""),
          .empty_layer = object.boolean("empty_layer").value_or(false)};
}

void decode_runtime(json::Object object, ImageConfig& out) {
  out.user = object.string("User").value_or("");
  out.env = object.strings("Env");
  out.entrypoint = optional_strings(object, "Entrypoint");
  out.cmd = optional_strings(object, "Cmd");
  out.shell = optional_strings(object, "Shell");
  out.working_dir = object.string("WorkingDir").value_or("");
  out.labels = object.string_map("Labels");
  out.volumes = key_set(object, "Volumes");
  out.exposed_ports = key_set(object, "ExposedPorts");
  out.stop_signal = object.string("StopSignal").value_or("");
  if (auto healthcheck = object.object("Healthcheck")) out.healthcheck = decode_healthcheck(*healthcheck);
  out.on_build = object.strings("OnBuild");
}

void decode_diff_ids(json::Object rootfs, ImageConfig& out) {
  if (auto type = rootfs.string("type"); type && *type != "layers")
    throw rootfs.problem("type", "is " + base::quoted(*type, 40) + ", 'layers' is wanted");
  for (const auto& text : rootfs.strings("diff_ids")) {
    if (!base::Digest::valid(text))
      throw rootfs.problem("diff_ids[" + std::to_string(out.diff_ids.size()) + "]",
                           "is " + base::quoted(text, 100) + ", no digest");
    out.diff_ids.push_back(base::Digest::parse(text));
  }
}

void put(json::Ordered& out, const char* key, const std::string& value) {
  if (!value.empty()) out[key] = value;
}

void put_keys(json::Ordered& out, const char* key, const std::set<std::string>& keys) {
  for (const auto& name : keys) out[key][name] = json::Ordered::object();
}

json::Ordered encode(const Healthcheck& healthcheck) {
  json::Ordered out = json::Ordered::object();
  if (!healthcheck.test.empty()) out["Test"] = healthcheck.test;
  if (healthcheck.interval.count()) out["Interval"] = healthcheck.interval.count();
  if (healthcheck.timeout.count()) out["Timeout"] = healthcheck.timeout.count();
  if (healthcheck.start_period.count()) out["StartPeriod"] = healthcheck.start_period.count();
  if (healthcheck.start_interval.count()) out["StartInterval"] = healthcheck.start_interval.count();
  if (healthcheck.retries) out["Retries"] = healthcheck.retries;
  return out;
}

json::Ordered encode(const History& history) {
  json::Ordered out = json::Ordered::object();
  put(out, "created", history.created);
  put(out, "created_by", history.created_by);
  put(out, "author", history.author);
  put(out, "comment", history.comment);
  if (history.empty_layer) out["empty_layer"] = true;
  return out;
}

json::Ordered encode_runtime(const ImageConfig& config) {
  json::Ordered out = json::Ordered::object();
  put(out, "User", config.user);
  put_keys(out, "ExposedPorts", config.exposed_ports);
  if (!config.env.empty()) out["Env"] = config.env;
  if (config.entrypoint) out["Entrypoint"] = *config.entrypoint;
  if (config.cmd) out["Cmd"] = *config.cmd;
  put_keys(out, "Volumes", config.volumes);
  put(out, "WorkingDir", config.working_dir);
  if (!config.labels.empty()) out["Labels"] = config.labels;
  put(out, "StopSignal", config.stop_signal);
  if (config.healthcheck) out["Healthcheck"] = encode(*config.healthcheck);
  if (config.shell) out["Shell"] = *config.shell;
  if (!config.on_build.empty()) out["OnBuild"] = config.on_build;
  return out;
}

}  // namespace

std::optional<name::Platform> ImageConfig::platform() const {
  if (os.empty() || architecture.empty()) return std::nullopt;
  try {
    return name::Platform::make(os, architecture, variant);
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

ImageConfig parse_config(std::string_view bytes) {
  if (bytes.size() > max_config_bytes)
    throw base::Error(base::Kind::invalid, "image config has " + base::human_bytes(bytes.size()) + ", at most " +
                                               base::human_bytes(max_config_bytes) + " are read");
  auto value = json::parse(bytes, "image config");
  json::Object object(value, "config");
  ImageConfig out;
  out.created = object.string("created").value_or("");
  out.author = object.string("author").value_or("");
  out.os = object.string("os").value_or("");
  out.architecture = object.string("architecture").value_or("");
  out.variant = object.string("variant").value_or("");
  out.os_version = object.string("os.version").value_or("");
  if (auto runtime = object.object("config")) decode_runtime(*runtime, out);
  if (auto rootfs = object.object("rootfs")) decode_diff_ids(*rootfs, out);
  for (auto& entry : object.objects("history")) out.history.push_back(decode_history(std::move(entry)));
  return out;
}

std::string write(const ImageConfig& config) {
  json::Ordered out;
  put(out, "created", config.created);
  put(out, "author", config.author);
  out["architecture"] = config.architecture;
  put(out, "variant", config.variant);
  out["os"] = config.os;
  put(out, "os.version", config.os_version);
  if (auto runtime = encode_runtime(config); !runtime.empty()) out["config"] = std::move(runtime);
  json::Ordered diff_ids = json::Ordered::array();
  for (const auto& digest : config.diff_ids) diff_ids.push_back(digest.text());
  out["rootfs"] = {{"type", "layers"}, {"diff_ids", std::move(diff_ids)}};
  if (!config.history.empty()) {
    out["history"] = json::Ordered::array();
    for (const auto& entry : config.history) out["history"].push_back(encode(entry));
  }
  return json::write(out);
}

}  // namespace oci
