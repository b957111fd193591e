#include "core/deb/madison.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"

namespace deb {
namespace {

std::string_view without_slash(std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool Offer::is_from(const Repository& repository) const {
  if (uri != without_slash(repository.uri)) return false;
  if (repository.flat()) return without_slash(suite) == without_slash(repository.suite);
  return std::any_of(repository.components.begin(), repository.components.end(),
                     [&](const std::string& component) { return suite == repository.suite + "/" + component; });
}

std::vector<Offer> parse_madison(std::string_view text) {
  std::vector<Offer> out;
  std::size_t number = 0;
  for (auto line : base::split(text, '\n')) {
    number++;
    if (base::trim(line).empty()) continue;
    auto columns = base::split(line, '|');
    auto words = columns.size() == 3 ? base::split(base::trim(columns[2]), ' ') : std::vector<std::string_view>();
    // "URI SUITE/COMPONENT ARCHITECTURE Packages"; "URI SUITE/COMPONENT Sources" for a source package.
    if (words.size() < 3)
      throw base::Error(base::Kind::invalid, "line " + std::to_string(number) +
                                                 " of apt-cache madison makes no sense: " + base::quoted(line));
    if (words.back() != "Packages") continue;
    out.push_back({std::string(base::trim(columns[0])), std::string(base::trim(columns[1])),
                   std::string(without_slash(words[0])), std::string(words[1])});
  }
  return out;
}

}  // namespace deb
