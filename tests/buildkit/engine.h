#pragma once

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/buildkit/build.h"
#include "core/llb/exec.h"
#include "core/llb/file.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"
#include "core/term/build_status.h"

/// The engines that scripts/engine env names; tests say so when they skip for want of one.
inline std::vector<std::string> test_engines() {
  std::vector<std::string> out;
  for (const char* variable : {"ESTALEIRO_TEST_BUILDKIT", "ESTALEIRO_TEST_BUILDKIT_UPSTREAM"}) {
    const char* address = std::getenv(variable);
    if (address && *address)
      out.emplace_back(address);
    else
      std::printf("skipped without %s\n", variable);
  }
  return out;
}

/// The registry that holds the base images, as the engines reach it.
inline std::string test_registry() {
  const char* host = std::getenv("ESTALEIRO_TEST_REGISTRY");
  return host && *host ? host : "127.0.0.1:5055";
}

/// Collects what a build tells.
class StatusLog final : public term::StatusSink {
 public:
  void status(const term::BuildStatus& status) override {
    std::lock_guard lock(mutex_);
    for (const auto& vertex : status.vertices) {
      names_.insert(vertex.name);
      if (vertex.started) started_.insert(vertex.name);
      if (vertex.completed) completed_.insert(vertex.name);
      if (vertex.cached) cached_.insert(vertex.name);
    }
    for (const auto& log : status.logs) text_ += log.data;
    for (const auto& warning : status.warnings) warnings_.push_back(warning.text);
  }
  bool started(const std::string& name) const { return has(started_, name); }
  bool completed(const std::string& name) const { return has(completed_, name); }
  bool cached(const std::string& name) const { return has(cached_, name); }
  std::string text() const {
    std::lock_guard lock(mutex_);
    return text_;
  }
  std::vector<std::string> warnings() const {
    std::lock_guard lock(mutex_);
    return warnings_;
  }

 private:
  bool has(const std::set<std::string>& names, const std::string& name) const {
    std::lock_guard lock(mutex_);
    return names.contains(name);
  }
  mutable std::mutex mutex_;
  std::set<std::string> names_, started_, completed_, cached_;
  std::string text_;
  std::vector<std::string> warnings_;
};

/// The busybox image of the test registry, resolved to its digest.
inline llb::Output busybox(frontend::Gateway& gateway) {
  std::string reference = test_registry() + "/library/busybox:latest";
  auto image = gateway.resolve_image(reference, name::Platform::host(), frontend::Gateway::ResolveMode::default_);
  return llb::image(reference + "@" + image.digest.text());
}

inline llb::Exec shell(const llb::Output& root, const std::string& script, const std::string& name,
                       std::vector<llb::Mount> mounts = {}) {
  llb::ExecOptions options;
  options.args = {"/bin/sh", "-c", script};
  options.mounts = std::move(mounts);
  llb::Metadata metadata;
  metadata.name = name;
  return llb::exec(root, options, metadata);
}

inline frontend::Result::Image image_of(frontend::Ref ref) {
  frontend::Result::Image out;
  out.ref = std::move(ref);
  out.config = R"({"architecture":")" + name::Platform::host().architecture() + R"(","os":"linux","config":{}})";
  return out;
}

inline frontend::Result result_of(frontend::Gateway& gateway, const llb::Output& tree, bool evaluate = false) {
  frontend::SolveRequest request;
  request.definition = llb::marshal(tree);
  request.evaluate = evaluate;
  frontend::Result out;
  out.images.emplace(name::Platform::host().text(), image_of(gateway.solve(request).ref));
  return out;
}
