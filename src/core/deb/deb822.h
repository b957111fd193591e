#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace deb {

/// One paragraph of "Name: value" lines (deb822(5)).
class Stanza {
 public:
  struct Field {
    std::string name;   ///< as written
    std::string value;  ///< first line trimmed; continuation lines follow after '\n', each without its first blank
    std::size_t line = 0;
  };

  /// The value of the field of this name in any case; nullptr if there is none.
  const std::string* find(std::string_view name) const;
  /// As find, "" when absent.
  std::string_view get(std::string_view name) const;
  /// As find; throws invalid naming the field, `what` and the stanza's line when absent or empty.
  const std::string& required(std::string_view name, std::string_view what) const;

  const std::vector<Field>& fields() const { return fields_; }
  /// The number of its first line in the input, from 1.
  std::size_t line() const { return line_; }

 private:
  friend class StanzaReader;
  std::vector<Field> fields_;
  std::size_t line_ = 0;
};

/// What one stanza may hold at most. Debian's largest are the package lists of kernel sources: some 400 KB.
struct StanzaLimits {
  std::size_t max_stanza_bytes = 8 << 20;
  std::size_t max_fields = 2000;
};

/// Reads stanzas one after another, in memory that depends on the largest stanza and not on the input: a 50 MB index
/// is fine. Lines that begin with '#' are comments; blank lines separate stanzas; "\r\n" counts as "\n".
/// Throws invalid naming `what` and the line: no colon, no field name, a field twice, a continuation without a field,
/// NUL bytes, a stanza beyond the limits. Use from one thread at a time.
///
///     deb::StanzaReader reader(text, "/var/lib/dpkg/status");
///     for (deb::Stanza stanza; reader.next(stanza);) names.push_back(stanza.required("Package", "dpkg status"));
class StanzaReader {
 public:
  /// Borrows `text`.
  StanzaReader(std::string_view text, std::string what, StanzaLimits limits = {});
  /// Borrows `in`; a stream that goes bad before its end is Kind::failed.
  StanzaReader(std::istream& in, std::string what, StanzaLimits limits = {});

  /// Replaces `stanza` by the next one; false at the end.
  bool next(Stanza& stanza);
  const std::string& what() const { return what_; }

 private:
  bool next_line(std::string_view& line);
  void add_line(Stanza& stanza, std::string_view line);

  std::istream* in_ = nullptr;
  std::string buffer_;     // of a stream; empty for text
  std::string_view rest_;  // what is not yet read of buffer_ or text
  std::string what_;
  StanzaLimits limits_;
  std::size_t line_ = 0;
  std::size_t stanza_bytes_ = 0;
  bool at_end_ = false;
};

/// The lines of a multi-line value, trimmed, empty ones left out. They look into `value`.
std::vector<std::string_view> value_lines(std::string_view value);
/// The words of a value, separated by blanks and newlines. They look into `value`.
std::vector<std::string_view> words(std::string_view value);

}  // namespace deb
