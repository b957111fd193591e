#include "in/image_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>

#include "core/archive/decompress.h"
#include "core/archive/entry_name.h"
#include "core/archive/rooted.h"
#include "core/archive/tar_reader.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"

namespace in {
namespace {

/// What one layer says of a file: nothing, that it is gone, or its contents.
struct Word {
  bool said = false;
  std::optional<std::string> contents = {};
};

std::string contents_of(archive::TarReader& tar, const archive::Entry& entry, std::uint64_t max_bytes) {
  if (entry.size > max_bytes)
    throw base::Error(base::Kind::corrupt, base::quoted(entry.name) + " has " + base::human_bytes(entry.size) +
                                               ", at most " + base::human_bytes(max_bytes) + " are read");
  std::string out(entry.size, '\0');
  for (auto piece = tar.body(); !piece.data.empty(); piece = tar.body())
    out.replace(piece.offset, piece.data.size(), reinterpret_cast<const char*>(piece.data.data()), piece.data.size());
  return out;
}

/// Whether the whiteout `name` hides the file `file`, which has one directory above it.
bool hides(const archive::EntryName& name, archive::Whiteout whiteout, const archive::EntryName& file) {
  if (whiteout == archive::Whiteout::opaque) return name.parent.empty() || name.parent == file.parent;
  if (whiteout != archive::Whiteout::file) return false;
  auto hidden = archive::hidden_name(name);
  return name.parent.empty() ? hidden == file.parent : name.parent == file.parent && hidden == file.name;
}

/// Whiteouts hide what lower layers have, so what the layer itself brings counts whatever the order.
Word read_layer(archive::ByteSource& plain, const archive::EntryName& file, std::uint64_t max_bytes) {
  Word word;
  archive::BufferedPieces pieces(plain);
  archive::TarReader tar(pieces);
  while (auto entry = tar.next()) {
    auto name = archive::parse_entry_name(entry->name, "name");
    if (auto whiteout = archive::whiteout_of(name); whiteout != archive::Whiteout::none) {
      word.said |= hides(name, whiteout, file);
    } else if (name.parent == file.parent && name.name == file.name) {
      word.said = true;
      word.contents.reset();
      if (entry->type == archive::EntryType::file) word.contents = contents_of(tar, *entry, max_bytes);
    } else if (name.parent.empty() && name.name == file.parent && entry->type != archive::EntryType::directory) {
      word = {.said = true};
    }
  }
  tar.drain();
  return word;
}

}  // namespace

std::optional<std::string> file_in_layers(const Line& line, const Image& image, const std::string& directory,
                                          const std::string& name, std::uint64_t max_bytes,
                                          const std::filesystem::path& scratch) {
  const auto& layers = image.manifest.layers;
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    Downloads download(line, {*layer}, scratch);
    auto stored = download.take(0);
    auto word = base::within("reading layer " + base::quoted(layer->digest.text()), [&] {
      auto plain = archive::decompressed(*stored);
      return read_layer(*plain, {directory, name}, max_bytes);
    });
    if (word.said) return std::move(word.contents);
  }
  return std::nullopt;
}

std::optional<std::string> file_in_tree(const std::filesystem::path& root, const std::string& directory,
                                        const std::string& name, std::uint64_t max_bytes) {
  base::Fd top(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!top) throw base::errno_error("open '" + root.string() + "'", errno);
  base::Fd parent;
  try {
    parent = archive::Rooted(top.get()).open(directory);
  } catch (const base::Error& error) {
    if (error.kind() != base::Kind::corrupt) throw;  // corrupt: something on the way is no directory
  }
  if (!parent) return std::nullopt;
  // Not to wait for whoever might write into a fifo.
  base::Fd file(::openat(parent.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status;
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  archive::FileSource source(std::move(file), "'/" + directory + "/" + name + "' of the image");
  return archive::read_all(source, max_bytes, "'/" + directory + "/" + name + "' of the image");
}

}  // namespace in
