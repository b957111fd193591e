#pragma once

#include "core/buildkit/raw_service.h"

namespace buildkit {

/// The receiving side of fsutil's protocol: writes the tree that the engine sends into the directory `root`, over what
/// is there already. Whatever the engine sends, nothing outside `root` is touched and no symlink is followed. Modes and
/// times are kept; everything belongs to the user who runs this, as with upstream's client; devices are left out.
/// Throws corrupt (paths that are not clean or not in order, data nobody asked for, too many entries), failed (disk),
/// unavailable or cancelled (the stream).
void receive_directory(int root, grpc::ServerContext& context, RawStream& stream);

}  // namespace buildkit
