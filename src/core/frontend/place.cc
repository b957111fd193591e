#include "core/frontend/place.h"

namespace frontend {
namespace {

constexpr std::size_t max_places = 100;

}  // namespace

Places::Places(const recipe::Recipe& recipe, bool ignore_cache)
    : file_(source_file(*recipe.file)), ignore_cache_(ignore_cache) {}

llb::Metadata Places::at(const hcl::Range& range, std::string name) const {
  return at(std::vector<hcl::Range>{range}, std::move(name));
}

llb::Metadata Places::at(const std::vector<hcl::Range>& ranges, std::string name) const {
  llb::Metadata out;
  out.name = std::move(name);
  out.ignore_cache = ignore_cache_;
  for (const auto& range : ranges)
    if (range && out.places.size() < max_places) out.places.push_back(source_place(file_, range));
  return out;
}

std::vector<hcl::Range> file_blocks(const recipe::Recipe& recipe) {
  std::vector<hcl::Range> out;
  for (const auto& file : recipe.image.files) out.push_back(file.range);
  return out;
}

std::vector<hcl::Range> tarball_blocks(const recipe::Recipe& recipe) {
  std::vector<hcl::Range> out;
  for (const auto& tarball : recipe.tarballs)
    if (tarball.used) out.push_back(tarball.range);
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
