#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/frontend/gateway.h"

namespace frontend {

/// The graphs of one build, for people: what becomes the image, and what was run beside it for the bill.
struct BuildGraph {
  std::vector<llb::Definition> images;    ///< one for each platform
  std::vector<llb::Definition> evidence;  ///< read but never exported: it may hold the image's vertices too
};

/// Hands every call on to another gateway and keeps the graphs that were solved. As thread-safe as that one.
class RecordingGateway final : public Gateway {
 public:
  explicit RecordingGateway(Gateway& inner) : inner_(inner) {}

  /// What was solved; the images are those of `result`, which this gateway's solves gave.
  BuildGraph graph(const Result& result) const;

  const std::set<std::string>& capabilities() const override { return inner_.capabilities(); }
  std::string session_id() const override { return inner_.session_id(); }
  std::vector<name::Platform> platforms() const override { return inner_.platforms(); }
  std::string address() const override { return inner_.address(); }
  ResolvedImage resolve_image(const std::string& reference, const name::Platform& platform, ResolveMode mode) override {
    return inner_.resolve_image(reference, platform, mode);
  }
  ResolvedImage resolve_layout(const std::string& reference, const std::string& store,
                               const name::Platform& platform) override {
    return inner_.resolve_layout(reference, store, platform);
  }
  SolveResult solve(const SolveRequest& request) override;
  std::optional<std::string> read_file(const Ref& ref, const std::string& path, std::uint64_t max_bytes) override {
    return inner_.read_file(ref, path, max_bytes);
  }
  bool read_pieces(const Ref& ref, const std::string& path,
                   const std::function<void(std::string_view)>& take) override {
    return inner_.read_pieces(ref, path, take);
  }
  std::optional<std::vector<FileInfo>> read_directory(const Ref& ref, const std::string& path) override {
    return inner_.read_directory(ref, path);
  }
  std::optional<FileInfo> stat(const Ref& ref, const std::string& path) override { return inner_.stat(ref, path); }
  void warn(const std::string& vertex, const std::string& text, const std::string& detail) override {
    inner_.warn(vertex, text, detail);
  }
  void warn_at(const llb::SourcePlace& place, const std::string& text, const std::string& detail) override {
    inner_.warn_at(place, text, detail);
  }
  std::map<std::string, llb::Definition> inputs() override { return inner_.inputs(); }

 private:
  Gateway& inner_;
  mutable std::mutex mutex_;
  std::map<std::string, llb::Definition> solved_;  // by the reference that the engine gave
};

}  // namespace frontend
