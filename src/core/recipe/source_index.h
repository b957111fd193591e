#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/recipe/recipe.h"

namespace recipe {

/// As matches(), adding to `steps` what it took.
bool matches(std::string_view pattern, std::string_view text, std::uint64_t& steps);

/// find_source() for many paths: patterns without special characters are looked up, not tried. Borrows `files`.
class SourceIndex {
 public:
  explicit SourceIndex(const std::vector<SourceFile>& files);

  /// The first that matches, or null. Adds to `steps` what it took.
  const SourceFile* find(std::string_view path, std::uint64_t& steps) const;

 private:
  const std::vector<SourceFile>& files_;
  std::unordered_map<std::string_view, std::size_t> literal_;
  std::vector<std::size_t> patterns_;
};

}  // namespace recipe
