#include <algorithm>

#include "core/base/text.h"
#include "core/recipe/syntax.h"

namespace recipe::syntax {
namespace {

constexpr std::size_t max_part = 255;  // NAME_MAX

/// Appends the parts of `text` to `out`, each with '/' in front.
void append_parts(std::string_view text, std::string& out) {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('/', begin), text.size());
    const std::string_view part = text.substr(begin, end - begin);
    begin = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      throw base::Error(base::Kind::invalid, base::quoted(text) + " has a '..'").fix("write the path without it");
    }
    if (part.size() > max_part) {
      throw base::Error(base::Kind::invalid, "a file name of " + std::to_string(part.size()) + " bytes, at most " +
                                                 std::to_string(max_part) + " are possible");
    }
    out += '/';
    out += part;
  }
}

}  // namespace

std::string absolute_path(std::string_view text) {
  if (!text.starts_with('/')) {
    throw base::Error(base::Kind::invalid, base::quoted(text) + " is not absolute")
        .fix("write " + base::quoted("/" + std::string(text)));
  }
  std::string path;
  path.reserve(text.size());
  append_parts(text, path);
  return path.empty() ? "/" : path;
}

std::string relative_path(std::string_view text) {
  if (text.starts_with('/')) {
    throw base::Error(base::Kind::invalid, base::quoted(text) + " is absolute, a relative path is wanted")
        .fix("it is a path in the build context, not on this machine");
  }
  std::string path;
  append_parts(text, path);
  return path.empty() ? "." : path.substr(1);
}

}  // namespace recipe::syntax
