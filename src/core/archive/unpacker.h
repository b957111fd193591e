#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/archive/byte_source.h"
#include "core/archive/decompress.h"
#include "core/archive/layer_applier.h"
#include "core/base/digest.h"

namespace archive {

/// One layer of an image, as stored.
struct LayerInput {
  std::string name;  ///< in errors: "sha256:…"
  /// The stored (mostly compressed) bytes. Called once, in a thread of unpack's, at most one layer ahead of the one
  /// that is being applied; may block until a download gets there, and may throw.
  std::function<std::unique_ptr<ByteSource>()> open;
  std::optional<base::Digest> digest;   ///< of the stored bytes; checked when given
  std::optional<std::uint64_t> size;    ///< of the stored bytes; checked when given
  std::optional<base::Digest> diff_id;  ///< of the uncompressed tar; checked when given
};

struct UnpackProgress {
  std::size_t layer = 0;          ///< index of the layer being applied
  std::uint64_t layer_bytes = 0;  ///< of its uncompressed tar so far
  std::uint64_t total_bytes = 0;  ///< uncompressed, all layers so far
};

struct UnpackOptions {
  ApplyOptions apply;  ///< `layer` and `over_lower_layers` are set by unpack
  ExpansionLimits expansion;
  /// Called from the thread that called unpack, once for each 256 KiB or so and at the end of each layer.
  std::function<void(const UnpackProgress&)> progress;
  std::stop_token stop;
  /// Called when unpacking has failed, before the layers' sources are waited for: makes reads that block return.
  std::function<void()> on_failure;
};

struct UnpackResult {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  ///< of file contents written
  Skipped skipped;
  std::vector<base::Digest> diff_ids;  ///< as computed
};

/// Unpacks an image: `layers` from base to top, each digest verified to the last byte, into the new directory
/// `destination`. It is made aside, as "<destination>.partial", and renamed when whole; on any failure nothing is left.
/// An image without layers gives an empty directory; a root that no layer describes is 0755 and as old as time itself.
/// Layer i+1 is inflated ahead while layer i is applied; memory stays below 32 MiB, zstd windows and some 16 bytes an
/// entry apart.
///
/// Throws invalid if `destination` exists, cancelled when stopped, corrupt when a digest, size or layer is wrong
/// (naming layer and entry), and what `open` and its source throw.
UnpackResult unpack(std::span<const LayerInput> layers, const std::filesystem::path& destination,
                    const UnpackOptions& options = {});

}  // namespace archive
