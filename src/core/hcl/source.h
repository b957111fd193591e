#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hcl {

/// A file larger than this is refused before anything looks at it.
inline constexpr std::size_t max_file_bytes = 16 << 20;

/// A place in a file. Lines and columns count from 1. A column is a character as a person counts: a tab, a wide
/// character and a letter with its combining marks are one column each.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::uint32_t byte = 0;  ///< from 0

  bool operator==(const Position&) const = default;
};

/// The text of one file and where its lines start. Immutable, so any number of threads may read it.
class File {
 public:
  /// `name` is what messages show; nothing is opened. Throws invalid for more than max_file_bytes.
  static std::shared_ptr<const File> make(std::string name, std::string text);

  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(text_.size()); }

  /// Takes time in the length of the line; a byte past the end is the end.
  Position position(std::uint32_t byte) const;
  /// As position().line, in logarithmic time.
  std::uint32_t line_of(std::uint32_t byte) const;
  std::uint32_t lines() const { return static_cast<std::uint32_t>(starts_.size()); }
  /// Line `number` from 1, without its line ending; "" for a number that is out of range.
  std::string_view line(std::uint32_t number) const;
  /// Byte at which line `number` from 1 starts.
  std::uint32_t line_start(std::uint32_t number) const { return starts_[number - 1]; }

 private:
  File(std::string name, std::string text);

  std::string name_;
  std::string text_;
  std::vector<std::uint32_t> starts_;
};

/// Bytes [begin, end) of a file: 16 bytes, copied freely, carried by every node and every value. Borrows the file,
/// which its Document owns; whoever keeps a range for longer keeps a shared_ptr to the file.
struct Range {
  const File* file = nullptr;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  explicit operator bool() const { return file != nullptr; }
  bool operator==(const Range&) const = default;

  std::string_view text() const { return file ? file->text().substr(begin, end - begin) : std::string_view(); }
  Position start() const { return file ? file->position(begin) : Position(); }
  Position stop() const { return file ? file->position(end) : Position(); }
  /// "estaleiro.hcl:3:7", or "" without a file.
  std::string place() const;
};

/// From the start of `first` to the end of `last`; both lie in one file.
Range join(Range first, Range last);

}  // namespace hcl
