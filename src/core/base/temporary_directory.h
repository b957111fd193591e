#pragma once

#include <filesystem>
#include <string_view>

namespace base {

/// A fresh directory (mode 0700) below `parent`, removed with all it holds when this goes.
class TemporaryDirectory {
 public:
  /// `parent` defaults to TMPDIR, else /tmp. Throws failed, denied.
  explicit TemporaryDirectory(std::string_view prefix, const std::filesystem::path& parent = {});
  TemporaryDirectory(TemporaryDirectory&&) noexcept;
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory();

  const std::filesystem::path& path() const { return path_; }
  /// Gives up ownership: the directory stays.
  std::filesystem::path keep();

 private:
  std::filesystem::path path_;
};

}  // namespace base
