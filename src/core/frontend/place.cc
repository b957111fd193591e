#include "core/frontend/place.h"

namespace frontend {

Places::Places(const recipe::Recipe& recipe)
    : file_(std::make_shared<llb::SourceFile>(
          llb::SourceFile{recipe.file->name(), "HCL", std::string(recipe.file->text())})) {}

llb::Metadata Places::at(const hcl::Range& range, std::string name) const {
  llb::Metadata out;
  out.name = std::move(name);
  if (range) {
    auto start = range.start(), stop = range.stop();
    out.places.push_back({file_, static_cast<std::int32_t>(start.line), static_cast<std::int32_t>(start.column - 1),
                          static_cast<std::int32_t>(stop.line), static_cast<std::int32_t>(stop.column - 1)});
  }
  return out;
}

}  // namespace frontend
