#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/archive/byte_sink.h"
#include "core/archive/byte_source.h"
#include "core/archive/tar_entry.h"

namespace archive {

/// Writes a tar that is the same for the same entries: ustar headers, a PAX header before an entry that needs one (long
/// or non-ASCII names, big ids and sizes, times before 1970 or with fractions, extended attributes). Nothing is taken
/// from the clock or the file system; the order is the caller's.
class TarWriter {
 public:
  /// Borrows `out`.
  explicit TarWriter(ByteSink& out) : out_(out) {}

  /// An entry with its contents (`size` is taken from them). Throws invalid for a name that is empty or holds NUL.
  void add(Entry entry, std::string_view contents = {});
  /// An entry whose entry.size bytes are read from `contents`. Throws corrupt if it holds fewer or more.
  void add(const Entry& entry, ByteSource& contents);
  /// The two zero blocks that end an archive. Nothing may be added afterwards.
  void finish();

 private:
  void header(const Entry& entry);
  void pad(std::uint64_t size);

  ByteSink& out_;
};

/// Short-hands: mode 0644, 0755, 0777, owner 0:0, mtime 0.
Entry file_entry(std::string name);
Entry directory_entry(std::string name);
Entry symlink_entry(std::string name, std::string target);
Entry hardlink_entry(std::string name, std::string target);

}  // namespace archive
