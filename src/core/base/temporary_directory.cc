#include "core/base/temporary_directory.h"

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "core/base/error.h"

namespace base {

TemporaryDirectory::TemporaryDirectory(std::string_view prefix, const std::filesystem::path& parent) {
  std::filesystem::path where = parent;
  if (where.empty()) {
    const char* chosen = std::getenv("TMPDIR");
    where = chosen && *chosen ? chosen : "/tmp";
  }
  std::string name = (where / (std::string(prefix) + ".XXXXXX")).string();
  if (!::mkdtemp(name.data())) throw errno_error("create a directory in '" + where.string() + "'", errno);
  path_ = name;
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;  // a destructor has nobody to tell
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TemporaryDirectory::keep() { return std::exchange(path_, {}); }

}  // namespace base
