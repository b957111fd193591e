#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fd.h"
#include "core/buildkit/problem.h"
#include "core/buildkit/send_directory.h"
#include "core/buildkit/session.h"

namespace buildkit {

/// Serves local directories to the engine (moby.filesync.v1.FileSync).
class FileSync {
 public:
  /// Opens the directories and reads their ignore files; throws as Session does. Borrows `counters` and `problem`.
  FileSync(const std::vector<LocalDirectory>& directories, TransferCounters& counters, FirstProblem& problem);

  RawService& service() { return service_; }

 private:
  struct Source {
    base::Fd root;
    PathFilter filter;
  };
  grpc::Status diff_copy(grpc::ServerContext& context, RawStream& stream);

  std::map<std::string, Source, std::less<>> sources_;
  TransferCounters& counters_;
  FirstProblem& problem_;
  RawService service_;
};

using RequestMetadata = std::multimap<grpc::string_ref, grpc::string_ref>;

/// The values of `key` in a call's metadata, query-unescaped if "KEY-encoded" says so. Malformed escapes stay as they
/// are.
std::vector<std::string> metadata_values(const RequestMetadata& metadata, std::string_view key);

/// The include patterns that `paths` mean: each path, and the targets of the symlinks on it, followed inside `root`
/// alone. Wildcards in a component are matched against the directory. Empty when one of them is the root itself, which
/// means everything. Throws invalid for symlinks without end.
std::vector<std::string> follow_paths(int root, const std::vector<std::string>& paths);

}  // namespace buildkit
