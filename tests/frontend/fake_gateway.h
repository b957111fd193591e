#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/frontend/gateway.h"
#include "core/llb/graph_view.h"

/// An engine that runs nothing: every tree can be solved; files are found by path, whatever tree they are asked of.
class FakeGateway : public frontend::Gateway {
 public:
  std::map<std::string, std::string> files;  ///< path without a leading '/' → content
  std::map<std::string, llb::Definition> given_inputs;
  std::vector<std::string> resolved;  ///< references that were asked for
  std::vector<frontend::SolveRequest> solved;
  struct Warning {
    std::string file;
    int line;
    std::string text, detail;
  };
  std::vector<Warning> warnings;

  const std::set<std::string>& capabilities() const override { return capabilities_; }
  std::string session_id() const override { return "session"; }
  frontend::ResolvedImage resolve_image(const std::string& reference, const name::Platform& platform,
                                        ResolveMode) override {
    std::lock_guard lock(mutex_);
    resolved.push_back(reference);
    return {base::sha256(reference), R"({"architecture":")" + platform.architecture() +
                                         R"(","os":"linux","created":"2024-01-02T03:04:05Z","config":{}})"};
  }
  frontend::ResolvedImage resolve_layout(const std::string& reference, const std::string& store,
                                         const name::Platform& platform) override {
    return resolve_image(store + " " + reference, platform, ResolveMode::default_);
  }
  frontend::SolveResult solve(const frontend::SolveRequest& request) override {
    std::lock_guard lock(mutex_);
    solved.push_back(request);
    return {{std::to_string(solved.size()), request.definition}, {}};
  }
  std::optional<std::string> read_file(const frontend::Ref&, const std::string& path, std::uint64_t) override {
    auto found = files.find(path.starts_with('/') ? path.substr(1) : path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }
  bool read_pieces(const frontend::Ref& ref, const std::string& path,
                   const std::function<void(std::string_view)>& take) override {
    auto content = read_file(ref, path, 0);
    if (content) take(*content);
    return content.has_value();
  }
  std::optional<std::vector<frontend::FileInfo>> read_directory(const frontend::Ref&, const std::string&) override {
    return std::nullopt;
  }
  std::optional<frontend::FileInfo> stat(const frontend::Ref& ref, const std::string& path) override {
    if (!read_file(ref, path, 0)) return std::nullopt;
    return frontend::FileInfo{path.substr(path.rfind('/') + 1), 0100644, 0};
  }
  void warn(const std::string&, const std::string& text, const std::string& detail) override {
    warnings.push_back({"", 0, text, detail});
  }
  void warn_at(const llb::SourcePlace& place, const std::string& text, const std::string& detail) override {
    warnings.push_back({place.file ? place.file->name : "", place.first_line, text, detail});
  }
  std::map<std::string, llb::Definition> inputs() override { return given_inputs; }

  /// The details of a source that was solved, by what it is: "local://context".
  std::map<std::string, std::string> source(const std::string& summary) const {
    for (const auto& request : solved)
      for (const auto& vertex : llb::view_graph(request.definition).vertices)
        if (vertex.summary == summary) return {vertex.details.begin(), vertex.details.end()};
    return {};
  }

 private:
  std::set<std::string> capabilities_;
  std::mutex mutex_;
};
