#pragma once

#include <vector>

#include "core/buildkit/problem.h"
#include "core/buildkit/raw_service.h"
#include "core/buildkit/session.h"

namespace buildkit {

/// Takes what the exporters send (moby.filesync.v1.FileSend): a byte stream for a target with a descriptor, a tree for
/// one with a directory.
class FileSend {
 public:
  /// Borrows `problem`. The targets are in the order of the exporters.
  FileSend(std::vector<ExportTarget> targets, FirstProblem& problem);

  RawService& service() { return service_; }

 private:
  grpc::Status diff_copy(grpc::ServerContext& context, RawStream& stream);

  std::vector<ExportTarget> targets_;
  FirstProblem& problem_;
  RawService service_;
};

}  // namespace buildkit
