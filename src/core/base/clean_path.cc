#include "core/base/clean_path.h"

#include <vector>

#include "core/base/text.h"

namespace base {

std::string clean_path(std::string_view path) {
  bool rooted = path.starts_with('/');
  std::vector<std::string_view> kept;
  for (std::string_view piece : base::split(path, '/')) {
    if (piece.empty() || piece == ".") continue;
    if (piece == "..") {
      if (!kept.empty() && kept.back() != "..")
        kept.pop_back();
      else if (!rooted)
        kept.push_back(piece);
    } else {
      kept.push_back(piece);
    }
  }
  std::string out = rooted ? "/" : "";
  for (std::size_t i = 0; i < kept.size(); i++) {
    if (i > 0) out += '/';
    out += kept[i];
  }
  return out.empty() ? "." : out;
}

bool is_inner_path(std::string_view path) {
  return !path.empty() && path[0] != '/' && path != "." && path != ".." && !path.starts_with("../") &&
         path.find('\0') == std::string_view::npos && clean_path(path) == path;
}

}  // namespace base
