#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/archive/layer_applier.h"
#include "core/archive/remove_tree.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "tar_checksums.h"

namespace {

/// Two directories side by side: the tree, and a guard that no layer may touch.
struct Place {
  Place() {
    std::string name = std::filesystem::temp_directory_path() / "fuzz-layer.XXXXXX";
    if (!::mkdtemp(name.data())) std::abort();
    path = name;
    std::filesystem::create_directory(path / "guard");
    base::write_file(path / "guard/file", "untouched");
    fd = base::Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY));
  }
  std::filesystem::path path;
  base::Fd fd;
};

}  // namespace

// Any bytes, put behind a layer that holds links out of the tree, applied twice, as base and as upper layer: nothing
// beside the root changes. Sparse sizes are the file system's to refuse.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Place place;
  archive::remove_tree(place.fd.get(), "root");
  if (::mkdirat(place.fd.get(), "root", 0755) != 0) std::abort();
  ::symlink("../guard", (place.path / "root/a").c_str());
  ::symlink((place.path / "guard").c_str(), (place.path / "root/f").c_str());
  ::symlink("..", (place.path / "root/d").c_str());
  base::Fd root(::openat(place.fd.get(), "root", O_RDONLY | O_DIRECTORY));
  archive::ApplyOptions options;
  options.ownership = archive::Ownership::process;
  options.limits.max_entries = 50;
  std::string tar = with_checksums(data, size);
  for (bool upper : {false, true}) {
    options.over_lower_layers = upper;
    archive::MemorySource source(tar);
    archive::BufferedPieces pieces(source, 4096);
    try {
      archive::apply_layer(pieces, root.get(), options);
    } catch (const base::Error&) {
    }
  }
  std::size_t names = 0;
  for (const auto& entry : std::filesystem::directory_iterator(place.path)) names += entry.path().empty() ? 0 : 1;
  for (const auto& entry : std::filesystem::directory_iterator(place.path / "guard"))
    names += entry.path().empty() ? 0 : 1;
  if (names != 3 || base::read_file(place.path / "guard/file", 100) != "untouched") __builtin_trap();
  return 0;
}
