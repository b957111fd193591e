#include "core/hcl/source.h"

#include <algorithm>
#include <cstring>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/hcl/unicode.h"

namespace hcl {

File::File(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {
  starts_.push_back(0);
  const char* begin = text_.data();
  const char* end = begin + text_.size();
  for (const char* at = begin; at != end;) {
    const void* newline = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
    if (!newline) break;
    at = static_cast<const char*>(newline) + 1;
    starts_.push_back(static_cast<std::uint32_t>(at - begin));
  }
}

std::shared_ptr<const File> File::make(std::string name, std::string text) {
  if (text.size() > max_file_bytes) {
    throw base::Error(base::Kind::invalid, base::quoted(name) + " has " + base::human_bytes(text.size()) +
                                               ", and a configuration file may have " +
                                               base::human_bytes(max_file_bytes))
        .fix("put data into files of the build context, not into the configuration");
  }
  return std::shared_ptr<const File>(new File(std::move(name), std::move(text)));
}

std::uint32_t File::line_of(std::uint32_t byte) const {
  return static_cast<std::uint32_t>(std::upper_bound(starts_.begin(), starts_.end(), byte) - starts_.begin());
}

Position File::position(std::uint32_t byte) const {
  byte = std::min(byte, size());
  Position out;
  out.line = line_of(byte);
  out.byte = byte;
  std::uint32_t start = line_start(out.line);
  out.column = static_cast<std::uint32_t>(character_count(std::string_view(text_).substr(start, byte - start))) + 1;
  return out;
}

std::string_view File::line(std::uint32_t number) const {
  if (number == 0 || number > lines()) return {};
  std::uint32_t begin = starts_[number - 1];
  std::uint32_t end = number < lines() ? starts_[number] : size();
  std::string_view out = std::string_view(text_).substr(begin, end - begin);
  if (out.ends_with('\n')) out.remove_suffix(1);
  if (out.ends_with('\r')) out.remove_suffix(1);
  return out;
}

std::string Range::place() const {
  if (!file) return {};
  Position at = start();
  return base::printable(file->name()) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

Range join(Range first, Range last) {
  if (!first) return last;
  if (!last) return first;
  return {first.file, std::min(first.begin, last.begin), std::max(first.end, last.end)};
}

}  // namespace hcl
