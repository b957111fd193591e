#include "core/archive/unpacker.h"
#include "core/resource/run.h"
#include "in/formats.h"

namespace in {

void write_rootfs(const Line& line, const Image& image, const std::filesystem::path& destination) {
  Downloads downloads(line, image.manifest.layers, destination);
  std::vector<archive::LayerInput> layers;
  for (std::size_t i = 0; i < image.manifest.layers.size(); i++) {
    archive::LayerInput layer;
    layer.name = image.manifest.layers[i].digest.text();
    layer.diff_id = image.config.diff_ids[i];
    layer.open = [&downloads, i] { return downloads.take(i); };  // its digest is checked by the download
    layers.push_back(std::move(layer));
  }
  auto unpacking = line.progress.start("rootfs", 0);
  std::uint64_t seen = 0;
  archive::UnpackOptions options;
  options.stop = line.stop;
  options.progress = [&](const archive::UnpackProgress& now) {
    unpacking.advance(now.total_bytes - seen);
    seen = now.total_bytes;
  };
  options.on_failure = [&] { downloads.cancel(); };
  auto result = archive::unpack(layers, destination / "rootfs", options);
  unpacking.done();
  const auto& skipped = result.skipped;
  if (skipped.devices + skipped.xattrs == 0) return;
  line.progress.line("not permitted here and left out: " + std::to_string(skipped.devices) + " device nodes, " +
                     std::to_string(skipped.xattrs) + " extended attributes");
  for (const auto& example : skipped.examples) line.progress.line("  " + example);
}

}  // namespace in
