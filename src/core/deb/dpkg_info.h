#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace deb {

/// One package's info/NAME.list.
struct FileList {
  std::string package;             ///< without architecture
  std::vector<std::string> paths;  ///< absolute, as dpkg writes them; "/." for the root
};

/// Several .list files, one after another: the file's name, behind a tab, on a line before its paths. Throws invalid: a
/// path before any name, a name that is no .list.
std::vector<FileList> parse_file_lists(std::string_view text);

/// /var/lib/dpkg/diversions: where the file that a package lists really lies, by the path that it lists. The package
/// that diverts keeps its own. Throws invalid when the records of three lines are cut.
struct Diversion {
  std::string to;
  std::string by;  ///< package, or ":" for the administrator
  bool operator==(const Diversion&) const = default;
};
std::map<std::string, Diversion> parse_diversions(std::string_view text);

}  // namespace deb
