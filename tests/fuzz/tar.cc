#include <cstdint>

#include "core/archive/entry_name.h"
#include "core/archive/tar_reader.h"
#include "core/base/error.h"
#include "tar_checksums.h"

// Any bytes are read as a tar: the reader says what is wrong or gives entries that keep its promises. The last byte
// says how large the pieces are in which it gets them, and whether checksums are set right before.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  unsigned choice = data[size - 1];
  std::string tar =
      choice % 8 == 0 ? std::string(reinterpret_cast<const char*>(data), size) : with_checksums(data, size);
  archive::MemorySource source(tar);
  archive::BufferedPieces pieces(source, std::size_t{1} + choice * 8);
  archive::TarLimits limits;
  limits.max_extension_bytes = 1 << 16;
  archive::TarReader reader(pieces, limits);
  auto require = [](bool holds) {
    if (!holds) __builtin_trap();
  };
  try {
    while (auto entry = reader.next()) {
      require(!entry->name.empty() && entry->name.find('\0') == std::string::npos);
      require(entry->link_name.find('\0') == std::string::npos);
      require(entry->mode <= 07777 && entry->mtime.nanoseconds < 1'000'000'000);
      require(entry->type == archive::EntryType::file || entry->size == 0);
      std::uint64_t end = 0;
      for (auto piece = reader.body(); !piece.data.empty(); piece = reader.body()) {
        require(piece.offset >= end && piece.offset <= entry->size && piece.data.size() <= entry->size - piece.offset);
        end = piece.offset + piece.data.size();
      }
      auto name = archive::parse_entry_name(entry->name, "name");
      require(name.path().find("//") == std::string::npos && !name.path().starts_with('/'));
      archive::whiteout_of(name);
    }
    reader.drain();
    require(reader.position() == size);
  } catch (const base::Error&) {
  }
  return 0;
}
