#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "core/buildkit/path_filter.h"
#include "core/buildkit/raw_service.h"

namespace buildkit {

struct TransferCounters {
  std::atomic<std::uint64_t> entries{0}, files{0}, bytes{0};
};

/// The sending side of fsutil's protocol on a stream that the engine has opened: lists what the filters choose of the
/// directory `root`, then sends the content of the files that the other side asks for. Memory does not grow with sizes,
/// and by some 35 bytes a file with their number. A file that cannot be read, or is shorter than it was when listed, is
/// an error: silence would put a wrong file into an image.
/// Throws what walk throws, and: denied, failed (files), unavailable (the stream broke), cancelled, corrupt (the other
/// side breaks the protocol or reports an error). The other side has been told.
void send_directory(int root, const std::vector<const PathFilter*>& filters, grpc::ServerContext& context,
                    RawStream& stream, TransferCounters& counters);

}  // namespace buildkit
