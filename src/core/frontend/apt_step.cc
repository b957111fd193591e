#include "core/frontend/apt_step.h"

#include <algorithm>

#include "core/base/digest.h"
#include "core/frontend/apt_scripts.h"
#include "core/llb/exec.h"
#include "core/llb/file.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"

namespace frontend {
namespace {

constexpr std::uint64_t max_answer_bytes = 64u << 20;

llb::Output input_files(const AptStep& step, const Places& places) {
  const AptSetup& setup = step.setup;
  std::vector<llb::FileAction> files;
  auto add = [&](std::string path, std::string text) {
    files.push_back(llb::mkfile(std::move(path), std::move(text), {.time = llb::FileTime{}}));
  };
  add("/apt.conf", std::string(apt_conf) + "APT::Install-Recommends \"" + (setup.recommends ? "1" : "0") + "\";\n");
  add("/sources.list", setup.sources_list);
  add("/preferences", setup.preferences);
  add("/packages", setup.packages);
  add("/resolve.sh", std::string(step.script));
  if (!setup.keys.empty()) files.push_back(llb::mkdir("/keys", {.time = llb::FileTime{}}));
  for (const auto& key : setup.keys) add("/" + key.path, key.content);
  return llb::file(llb::scratch(), files, places.at(step.places, "[apt] configuration"));
}

llb::Output graph(const AptStep& step, const std::string& nonce, const Places& places) {
  llb::ExecOptions options;
  options.args = {"/bin/sh", "/tmp/in/resolve.sh"};
  for (const auto& entry : step.image.config.env)
    if (entry.starts_with("PATH=")) options.env.push_back(entry);
  if (!nonce.empty()) options.env.push_back("ESTALEIRO_NONCE=" + nonce);
  options.platform = llb::Platform{step.platform.os(), step.platform.architecture(), step.platform.variant()};
  // The image's own /tmp exists and is hidden, so mount points leave no trace in any tree.
  options.mounts = {llb::tmpfs_mount("/tmp"), llb::bind_mount("/tmp/in", input_files(step, places)),
                    llb::output_mount("/tmp/out")};
  options.extra_hosts = step.hosts;
  if (step.refresh == recipe::Apt::Refresh::changed)
    for (std::size_t i = 0; i < step.setup.in_release_uris.size(); i++) {
      const std::string& uri = step.setup.in_release_uris[i];
      if (is_among(step.hosts, uri)) continue;
      auto declared = step.setup.declared_at.find(uri);
      auto metadata = declared == step.setup.declared_at.end() ? places.at(step.places, "[apt] ask " + uri)
                                                               : places.at(declared->second, "[apt] ask " + uri);
      options.mounts.push_back(
          llb::bind_mount("/tmp/in-release/" + std::to_string(i), llb::http(uri, {.filename = "InRelease"}, metadata)));
    }
  return llb::exec(step.image.tree, options, places.at(step.places, step.title)).output("/tmp/out");
}

}  // namespace

std::string read_answer(Gateway& gateway, const Ref& ref, const char* path) {
  return gateway.read_file(ref, path, max_answer_bytes).value_or("");
}

Ref ask_apt(Gateway& gateway, const AptStep& step, const Places& places,
            const std::function<void(const std::string& words)>& refuse) {
  // Whether an archive that the engine cannot reach has changed is not known before it is asked.
  const auto& uris = step.setup.in_release_uris;
  const bool unreachable =
      std::any_of(uris.begin(), uris.end(), [&](const auto& uri) { return is_among(step.hosts, uri); });
  const bool ask =
      step.refresh == recipe::Apt::Refresh::always || (step.refresh == recipe::Apt::Refresh::changed && unreachable);
  std::string nonce = ask ? base::random_hex(8) : "";
  Ref ref;
  for (int attempt = 0; attempt < 2; attempt++) {
    ref = gateway.solve({.definition = llb::marshal(graph(step, nonce, places)), .evaluate = true}).ref;
    if (read_answer(gateway, ref, "/failed").empty()) return ref;
    nonce = base::random_hex(8);
  }
  refuse(read_answer(gateway, ref, "/errors"));
  throw base::Error(base::Kind::failed, "apt refused without a word");
}

}  // namespace frontend
