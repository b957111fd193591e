#include "core/deb/package_name.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"

namespace deb {
namespace {

bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// What apt would read into a name that is none, "" if nothing.
std::string_view apt_meaning(std::string_view text) {
  if (text.find('=') != std::string_view::npos) return "give the version as `version = \"…\"`";
  if (text.find('/') != std::string_view::npos) return "a release cannot be chosen here: give the exact `version`";
  if (text.ends_with('^')) return "tasks are not supported: name the packages";
  if (text.find_first_of("*?[]^$|()\\") != std::string_view::npos)
    return "patterns are not supported: name the packages";
  return "";
}

}  // namespace

bool valid_package_name(std::string_view name) {
  return name.size() >= 2 && name.size() <= 256 && lower_or_digit(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return lower_or_digit(c) || c == '+' || c == '.' || c == '-'; });
}

bool valid_architecture(std::string_view architecture) {
  return !architecture.empty() && architecture.size() <= 64 && architecture[0] != '-' &&
         std::all_of(architecture.begin(), architecture.end(), [](char c) { return lower_or_digit(c) || c == '-'; });
}

PackageName parse_package_name(std::string_view text) {
  auto colon = text.find(':');
  std::string_view name = text.substr(0, colon);
  base::Error wrong(base::Kind::invalid, "package name " + base::quoted(text, 80) +
                                             " is not a Debian package name (like 'libssl3' or 'jq:arm64')");
  if (!valid_package_name(name)) {
    if (auto meaning = apt_meaning(text); !meaning.empty()) wrong.fix(std::string(meaning));
    if (base::lower(name) != name && valid_package_name(base::lower(name)))
      wrong.fix("did you mean " + base::quoted(base::lower(name)) + "?");
    throw wrong;
  }
  // apt-get would remove or keep the package instead, unless one is really called so.
  if (name.ends_with('-')) throw wrong.fix("a '-' at the end would make apt remove the package");
  PackageName result{std::string(name), ""};
  if (colon != std::string_view::npos) {
    result.architecture = text.substr(colon + 1);
    if (!valid_architecture(result.architecture)) throw wrong;
  }
  return result;
}

}  // namespace deb
