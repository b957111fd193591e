#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/archive/byte_source.h"
#include "core/archive/pax.h"
#include "core/archive/tar_entry.h"
#include "core/archive/tar_header.h"

namespace archive {

struct TarLimits {
  std::uint64_t max_entries = 999'999;          ///< file systems of programs stay far below a million
  std::uint64_t max_extension_bytes = 1 << 20;  ///< of one PAX header, long name or sparse map
};

/// Reads a tar that nobody vouches for, front to back in constant memory: V7, ustar, PAX (POSIX.1-2001), GNU and star;
/// long names, big and negative numbers, extended attributes (SCHILY.xattr, LIBARCHIVE.xattr), sparse files in all four
/// GNU forms. Checksums are verified. Where readers disagree on what a header means, it is refused.
///
///     TarReader tar(pieces);
///     while (auto entry = tar.next())
///       for (auto piece = tar.body(); !piece.data.empty(); piece = tar.body()) use(piece.offset, piece.data);
///
/// Everything throws corrupt, naming the entry and the byte of the archive at which its header begins.
class TarReader {
 public:
  /// Borrows `input`, uncompressed.
  explicit TarReader(PieceSource& input, const TarLimits& limits = {}) : input_(input), limits_(limits) {}

  /// The next entry, whatever was left of the last body skipped; nullopt at the end of the archive: two zero blocks, or
  /// the end of the input where a header could begin (as Go and GNU tar have it).
  std::optional<Entry> next();

  struct Piece {
    std::uint64_t offset = 0;         ///< in the file
    std::span<const std::byte> data;  ///< valid until the next call of anything here
  };
  /// The next stored bytes of the current entry, holes passed over; empty at its end.
  Piece body();

  /// After the last entry: reads the input to its very end, whatever may stand there (a digest covers it too).
  void drain();

  /// How many bytes of the archive have been consumed.
  std::uint64_t position() const { return position_; }
  /// How many entries have been returned.
  std::uint64_t entries() const { return entries_; }

 private:
  struct Extensions;

  std::optional<Entry> read_entry();
  /// Reads extension headers into `extensions` and then the entry's own block; false at the end of the archive.
  bool read_headers(Extensions& extensions, TarBlock& block, TarHeader& header);
  void remember(const PaxRecords& records);
  Entry merge(const TarHeader& header, Extensions& extensions);
  void read_sparse_map(Entry& entry, const TarBlock& block, Extensions& extensions);

  std::span<const std::byte> some(std::uint64_t max_bytes);
  bool read_block(TarBlock& out);
  TarBlock body_block();
  std::string extension_text(const TarHeader& header);
  void skip(std::uint64_t bytes);
  bool skip_padding();  ///< false: the archive ends where it would begin
  std::string place() const;

  PieceSource& input_;
  TarLimits limits_;
  std::span<const std::byte> ahead_;  // what is left of the current piece of input
  std::uint64_t position_ = 0;
  std::uint64_t entries_ = 0;
  std::map<std::string, std::string> global_;  // PAX records for all entries that follow
  bool ended_ = false;

  std::string name_;  // of the current entry, for errors; empty before its header is understood
  std::uint64_t offset_ = 0;
  std::uint64_t body_left_ = 0;     // stored bytes
  std::uint64_t padding_left_ = 0;  // after them, up to the next block
  std::vector<Segment> segments_;   // where the stored bytes belong
  std::size_t segment_ = 0;
  std::uint64_t segment_done_ = 0;
};

}  // namespace archive
