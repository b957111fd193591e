#include "core/recipe/source_index.h"

namespace recipe {

SourceIndex::SourceIndex(const std::vector<SourceFile>& files) : files_(files) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string& pattern = files[i].pattern.value;
    if (pattern.find_first_of("*?[\\") == std::string::npos) {
      literal_.emplace(pattern, i);
    } else {
      patterns_.push_back(i);
    }
  }
}

const SourceFile* SourceIndex::find(std::string_view path, std::uint64_t& steps) const {
  const auto literal = literal_.find(path);
  const std::size_t end = literal == literal_.end() ? files_.size() : literal->second;
  for (const std::size_t i : patterns_) {
    if (i > end) break;
    if (matches(files_[i].pattern.value, path, steps)) return &files_[i];
  }
  return literal == literal_.end() ? nullptr : &files_[end];
}

const SourceFile* find_source(const std::vector<SourceFile>& files, std::string_view path) {
  std::uint64_t steps = 0;
  return SourceIndex(files).find(path, steps);
}

}  // namespace recipe
