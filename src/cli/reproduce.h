#pragma once

#include "cli/build_job.h"

namespace cli {

/// Two builds of one job.
struct Reproduced {
  BuildJob::Run first;
  bool same = false;  ///< to the last bit, on every platform
};

/// Builds as asked, then once more from the first build's bill with no use of the engine's cache, and says on
/// streams.err what differs: layer, path, and which package or file block brought it. Throws as BuildJob::run.
Reproduced build_twice(BuildJob& job, std::vector<buildkit::Export> exports, const Locks& locks, Streams& streams);

}  // namespace cli
