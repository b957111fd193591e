#include "core/frontend/place.h"

namespace frontend {

Places::Places(const recipe::Recipe& recipe, bool ignore_cache)
    : file_(source_file(*recipe.file)), ignore_cache_(ignore_cache) {}

llb::Metadata Places::at(const hcl::Range& range, std::string name) const {
  llb::Metadata out;
  out.name = std::move(name);
  out.ignore_cache = ignore_cache_;
  if (range) out.places.push_back(source_place(file_, range));
  return out;
}

llb::SourcePlace source_place(const std::shared_ptr<const llb::SourceFile>& file, const hcl::Range& range) {
  auto start = range.start(), stop = range.stop();
  return {file, static_cast<std::int32_t>(start.line), static_cast<std::int32_t>(start.column - 1),
          static_cast<std::int32_t>(stop.line), static_cast<std::int32_t>(stop.column - 1)};
}

std::shared_ptr<const llb::SourceFile> source_file(const hcl::File& file) {
  return std::make_shared<llb::SourceFile>(llb::SourceFile{file.name(), "HCL", std::string(file.text())});
}

}  // namespace frontend
