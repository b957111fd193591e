#include <vector>

#include "core/base/text.h"
#include "core/recipe/syntax.h"

namespace recipe::syntax {
namespace {

constexpr std::size_t max_part = 255;  // NAME_MAX

std::vector<std::string> parts(std::string_view text) {
  std::vector<std::string> parts;
  for (const std::string_view part : base::split(text, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      throw base::Error(base::Kind::invalid, base::quoted(text) + " has a '..'").fix("write the path without it");
    }
    if (part.size() > max_part) {
      throw base::Error(base::Kind::invalid, "a file name of " + std::to_string(part.size()) + " bytes, at most " +
                                                 std::to_string(max_part) + " are possible");
    }
    parts.emplace_back(part);
  }
  return parts;
}

}  // namespace

std::string absolute_path(std::string_view text) {
  if (!text.starts_with('/')) {
    throw base::Error(base::Kind::invalid, base::quoted(text) + " is not absolute")
        .fix("write " + base::quoted("/" + std::string(text)));
  }
  return "/" + base::join(parts(text), "/");
}

std::string relative_path(std::string_view text) {
  if (text.starts_with('/')) {
    throw base::Error(base::Kind::invalid, base::quoted(text) + " is absolute, a relative path is wanted")
        .fix("it is a path in the build context, not on this machine");
  }
  const std::vector<std::string> kept = parts(text);
  return kept.empty() ? "." : base::join(kept, "/");
}

}  // namespace recipe::syntax
