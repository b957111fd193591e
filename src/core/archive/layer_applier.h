#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/archive/byte_source.h"
#include "core/archive/tar_reader.h"

namespace archive {

/// Container ids first_inside… become host ids first_outside….
struct IdRange {
  std::uint32_t first_inside = 0;
  std::uint32_t first_outside = 0;
  std::uint32_t count = 0;
};

enum class Ownership {
  automatic,  ///< as the layer says when running as uid 0, else left to the process
  layer,      ///< as the layer says
  process,    ///< left to the process
};

struct ApplyOptions {
  /// Names the layer in errors: its digest, or a path.
  std::string layer;
  Ownership ownership = Ownership::automatic;
  std::vector<IdRange> uid_map;  ///< empty: ids as they are
  std::vector<IdRange> gid_map;
  /// False promises that the root is empty: nothing needs to be remembered for whiteouts then.
  bool over_lower_layers = true;
  TarLimits limits;
};

/// What could not be done in this environment, and does not matter to most: device nodes without CAP_MKNOD, extended
/// attributes that the file system or the kernel refuses.
struct Skipped {
  std::uint64_t devices = 0;
  std::uint64_t xattrs = 0;
  std::vector<std::string> examples;  ///< at most 10: "device 'dev/null'", "xattr 'trusted.x' of 'a'"
};

struct ApplyResult {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  ///< of file contents written
  Skipped skipped;
};

/// Applies one uncompressed layer (image-spec 1.1, layer.md) to the tree below `root`, a directory's descriptor.
///
/// Nothing outside is ever touched: parents that are symbolic links resolve inside the root, the last component of a
/// name is replaced and never followed, names with ".." are refused. Whiteouts, plain and opaque, hide what lower
/// layers brought and never what this layer brings, whatever the order of its entries. A directory over a directory
/// takes the new attributes; anything else is removed and made anew. Directory mtimes survive what is put into them.
/// Sparse files stay sparse. Not written: security.selinux and overlayfs's own attributes, which would act on the host.
///
/// `tar` is read to its very end, so that a digest over it is complete. Memory is bounded by limits.max_entries.
/// Throws corrupt for a layer that is damaged or must not be applied, denied or failed when the system says no; each
/// names layer and entry. What was applied until then stays: unpack aside and rename. Use one root from one thread.
ApplyResult apply_layer(PieceSource& tar, int root, const ApplyOptions& options);

}  // namespace archive
