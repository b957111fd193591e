#include "cli/recipe_json.h"

#include <cstdio>

namespace cli {
namespace {

using json::Ordered;

// An empty Ordered is null: lists and maps are made as such.
Ordered list() { return Ordered::array(); }
Ordered map() { return Ordered::object(); }

Ordered texts(const std::vector<recipe::Text>& values) {
  Ordered out = list();
  for (const recipe::Text& text : values) out.push_back(text.value);
  return out;
}

Ordered entries(const std::vector<recipe::Entry>& values) {
  Ordered out = map();
  for (const recipe::Entry& entry : values) out[entry.key.value] = entry.value.value;
  return out;
}

template <class T>
void put(Ordered& out, const char* name, const std::optional<recipe::Placed<T>>& value) {
  if (value) out[name] = value->value;
}

Ordered vcs(const recipe::Vcs& value) {
  return {{"kind", value.kind.value}, {"repository", value.repository.value}, {"ref", value.ref.value}};
}

Ordered source_files(const std::vector<recipe::SourceFile>& files) {
  Ordered out = list();
  for (const recipe::SourceFile& file : files) out.push_back({{"pattern", file.pattern.value}, {"vcs", vcs(file.vcs)}});
  return out;
}

Ordered apt(const recipe::Apt& value) {
  Ordered out = map();
  out["repositories"] = texts(value.repositories);
  out["recommends"] = value.recommends.value;
  out["observe"] = value.observe.value;
  put(out, "snapshot", value.snapshot);
  const bool archive = value.source_policy.value == recipe::Apt::SourcePolicy::archive;
  out["source_policy"] = archive ? "archive" : "declared";
  switch (value.refresh.value) {
    case recipe::Apt::Refresh::never:
      out["refresh"] = "never";
      break;
    case recipe::Apt::Refresh::changed:
      out["refresh"] = "changed";
      break;
    case recipe::Apt::Refresh::always:
      out["refresh"] = "always";
      break;
  }
  out["key"] = list();
  for (const recipe::Key& key : value.keys) {
    Ordered one = {{"name", key.name.value}, {"uri", key.uri.value}};
    put(one, "digest", key.digest);
    out["key"].push_back(std::move(one));
  }
  out["package"] = list();
  for (const recipe::Package& package : value.packages) {
    Ordered one = {{"name", package.name.value}};
    put(one, "version", package.version);
    if (package.vcs) one["vcs"] = vcs(*package.vcs);
    out["package"].push_back(std::move(one));
  }
  return out;
}

/// The from_… block: its name and its content.
struct OriginBlock {
  std::string type;
  Ordered content;
};
struct OriginJson {
  OriginBlock operator()(const recipe::FromStep& from) const {
    return {"from_step", {{"step", from.step.value}, {"path", from.path.value}}};
  }
  OriginBlock operator()(const recipe::FromTarball& from) const {
    return {"from_tarball", {{"tarball", from.tarball.value}, {"path", from.path.value}}};
  }
  OriginBlock operator()(const recipe::FromContext& from) const {
    return {"from_context", {{"path", from.path.value}}};
  }
  OriginBlock operator()(const recipe::FromImage& from) const {
    return {"from_image", {{"reference", from.reference.value}, {"path", from.path.value}}};
  }
  OriginBlock operator()(const recipe::FromGit& from) const {
    return {"from_git", {{"repository", from.repository.value}, {"ref", from.ref.value}, {"path", from.path.value}}};
  }
  OriginBlock operator()(const recipe::FromUrl& from) const {
    return {"from_url", {{"uri", from.uri.value}, {"digest", from.digest.value}}};
  }
  OriginBlock operator()(const recipe::FromPackage& from) const {
    OriginBlock block{"from_package", {{"name", from.name.value}, {"path", from.path.value}}};
    put(block.content, "version", from.version);
    put(block.content, "image", from.image);
    return block;
  }
};

Ordered file(const recipe::File& value) {
  const bool slash = value.directory && value.destination.value != "/";
  Ordered out = {{"destination", value.destination.value + (slash ? "/" : "")}};
  if (value.mode) {
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(value.mode->value));
    out["mode"] = mode;
  }
  if (value.owner) {
    const recipe::Owner& owner = value.owner->value;
    out["owner"] = owner.group.empty() ? owner.user : owner.user + ":" + owner.group;
  }
  OriginBlock origin = std::visit(OriginJson(), value.origin);
  const bool declared_inside = std::holds_alternative<recipe::FromContext>(value.origin) ||
                               std::holds_alternative<recipe::FromImage>(value.origin) ||
                               std::holds_alternative<recipe::FromUrl>(value.origin);
  if (declared_inside && value.provenance) origin.content["vcs"] = vcs(*value.provenance);
  out[origin.type] = std::move(origin.content);
  if (value.provenance) out["provenance"] = vcs(*value.provenance);
  return out;
}

/// In the largest unit that shows it exactly: "90s", "1500ms".
std::string duration(std::chrono::nanoseconds value) {
  const std::int64_t count = value.count();
  if (count % 1'000'000'000 == 0) return std::to_string(count / 1'000'000'000) + "s";
  if (count % 1'000'000 == 0) return std::to_string(count / 1'000'000) + "ms";
  return std::to_string(count) + "ns";
}

Ordered healthcheck(const recipe::Healthcheck& value) {
  Ordered out = map();
  if (value.test.front() == "NONE") return {{"disable", true}};
  if (value.test.front() == "CMD") {
    out["cmd"] = std::vector<std::string>(value.test.begin() + 1, value.test.end());
  } else {
    out["command_line"] = value.test.back();
  }
  auto time = [&](const char* name, const std::optional<std::chrono::nanoseconds>& value_of) {
    if (value_of) out[name] = duration(*value_of);
  };
  time("interval", value.interval);
  time("timeout", value.timeout);
  time("start_period", value.start_period);
  time("start_interval", value.start_interval);
  if (value.retries) out["retries"] = *value.retries;
  return out;
}

Ordered image(const recipe::Image& value) {
  Ordered out = {{"name", value.name.value}, {"base_image", value.base.value}};
  put(out, "cmd", value.cmd);
  put(out, "entrypoint", value.entrypoint);
  out["env"] = entries(value.env);
  out["volumes"] = texts(value.volumes);
  put(out, "stopsignal", value.stopsignal);
  put(out, "user", value.user);
  put(out, "workdir", value.workdir);
  out["labels"] = entries(value.labels);
  out["annotations"] = entries(value.annotations);
  out["exposed_ports"] = texts(value.exposed_ports);
  put(out, "shell", value.shell);
  if (!value.platforms.empty()) out["platforms"] = texts(value.platforms);
  out["apt"] = list();
  for (const recipe::Apt& block : value.apt) out["apt"].push_back(apt(block));
  out["file"] = list();
  for (const recipe::File& block : value.files) out["file"].push_back(file(block));
  if (value.healthcheck) out["healthcheck"] = healthcheck(value.healthcheck->value);
  return out;
}

Ordered step(const recipe::Step& value) {
  Ordered out = {{"name", value.name.value}, {"dockerfile", value.dockerfile.value}};
  put(out, "target", value.target);
  out["context"] = value.context.value;
  out["build_args"] = entries(value.build_args);
  put(out, "platform", value.platform);
  out["secrets"] = texts(value.secrets);
  out["ssh"] = texts(value.ssh);
  const auto network = value.network.value;
  out["network"] = network == recipe::Step::Network::none   ? "none"
                   : network == recipe::Step::Network::host ? "host"
                                                            : "default";
  out["source_file"] = source_files(value.source_files);
  return out;
}

Ordered policy(const recipe::Policy& value) {
  Ordered out = map();
  auto rows = [&](const char* name, const std::optional<std::vector<recipe::Text>>& row) {
    if (row) out[name] = texts(*row);
  };
  rows("allowed_bases", value.allowed_bases);
  rows("allowed_repositories", value.allowed_repositories);
  rows("allowed_keys", value.allowed_keys);
  rows("allowed_licenses", value.allowed_licenses);
  rows("denied_licenses", value.denied_licenses);
  rows("allowed_setuid", value.allowed_setuid);
  put(out, "require_archive_sources", value.require_archive_sources);
  put(out, "require_commits", value.require_commits);
  put(out, "require_non_root", value.require_non_root);
  put(out, "require_explained", value.require_explained);
  if (value.max_size) out["max_size"] = std::to_string(value.max_size->value);
  return out;
}

}  // namespace

Ordered to_json(const recipe::Recipe& recipe) {
  Ordered out = {{"image", image(recipe.image)}};
  out["step"] = list();
  for (const recipe::Step& block : recipe.steps) out["step"].push_back(step(block));
  out["tarball"] = list();
  for (const recipe::Tarball& block : recipe.tarballs) {
    out["tarball"].push_back({{"path", block.path.value}, {"source_file", source_files(block.source_files)}});
  }
  if (Ordered rows = policy(recipe.policy); !rows.empty()) out["policy"] = std::move(rows);
  out["variables"] = list();
  for (const recipe::UsedVariable& used : recipe.variables) {
    out["variables"].push_back({{"name", used.name}, {"value", used.value}, {"origin", used.origin}});
  }
  return out;
}

}  // namespace cli
