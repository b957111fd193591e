#include "core/base/inside.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"

namespace base {
namespace fs = std::filesystem;

fs::path path_inside(const fs::path& root, const std::string& relative, const std::string& what) {
  if (relative.find('\0') != std::string::npos || fs::path(relative).is_absolute())
    throw Error(Kind::invalid, what + " is " + base::quoted(relative) + ", a path relative to the inputs is wanted");
  std::error_code failure;
  fs::path top = fs::canonical(root, failure);
  if (failure) throw errno_error("open '" + root.string() + "'", failure.value());
  fs::path found = fs::canonical(top / relative, failure);
  if (failure) throw errno_error("open " + what + " " + base::quoted(relative), failure.value());
  auto [end, at] = std::mismatch(top.begin(), top.end(), found.begin(), found.end());
  if (end != top.end())
    throw Error(Kind::invalid, what + " is " + base::quoted(relative) + ", which leads out of the inputs")
        .fix("keep it inside the inputs of the step, symlinks included");
  return found;
}

std::string read_file_inside(const fs::path& root, const std::string& relative, const std::string& what,
                             std::uint64_t max_bytes) {
  return read_file(path_inside(root, relative, what), max_bytes);
}

}  // namespace base
