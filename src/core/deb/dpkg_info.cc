#include "core/deb/dpkg_info.h"

#include "core/base/error.h"
#include "core/base/text.h"

namespace deb {
namespace {

/// "var/lib/dpkg/info/libc6:amd64.list" → "libc6"
std::string package_of(std::string_view file) {
  if (!file.ends_with(".list"))
    throw base::Error(base::Kind::invalid, "dpkg's file list has the name " + base::quoted(file));
  file.remove_suffix(5);
  file.remove_prefix(file.rfind('/') + 1);
  return std::string(file.substr(0, file.find(':')));
}

template <class Take>
void each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    if (end > 0) take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

std::vector<FileList> parse_file_lists(std::string_view text) {
  std::vector<FileList> out;
  each_line(text, [&](std::string_view line) {
    if (line[0] == '\t')
      out.push_back({package_of(line.substr(1)), {}});
    else if (out.empty())
      throw base::Error(base::Kind::invalid, "path " + base::quoted(line) + " stands in no package's file list");
    else
      out.back().paths.emplace_back(line);
  });
  return out;
}

std::map<std::string, Diversion> parse_diversions(std::string_view text) {
  std::vector<std::string_view> lines;
  each_line(text, [&](std::string_view line) { lines.push_back(line); });
  if (lines.size() % 3 != 0) throw base::Error(base::Kind::invalid, "dpkg's diversions end in the middle of a record");
  std::map<std::string, Diversion> out;
  for (std::size_t i = 0; i < lines.size(); i += 3)
    out[std::string(lines[i])] = {std::string(lines[i + 1]), std::string(lines[i + 2])};
  return out;
}

}  // namespace deb
