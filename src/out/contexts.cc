#include "out/contexts.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/inside.h"
#include "core/base/text.h"
#include "core/name/reference.h"

namespace out {
namespace {

namespace fs = std::filesystem;

/// An image's blobs, for the engine to read.
class ImageStore final : public buildkit::BlobStore {
 public:
  explicit ImageStore(std::shared_ptr<const Prebuilt> image) : image_(std::move(image)) {}
  std::optional<oci::LayoutFile> open(const base::Digest& digest) override { return image_->find(digest); }

 private:
  std::shared_ptr<const Prebuilt> image_;
};

bool is_base(const std::string& name, const recipe::Recipe& recipe) {
  if (recipe.image.scratch) return false;
  try {
    return name::Reference::parse(name).text() == recipe.image.base.value;
  } catch (const base::Error&) {
    return false;
  }
}

void check_name(const std::string& name, const recipe::Recipe& recipe) {
  // What is neither base nor step may be an image that a step's Dockerfile starts from.
  const bool steps = std::any_of(recipe.steps.begin(), recipe.steps.end(), [](const auto& step) { return step.used; });
  if (steps || is_base(name, recipe)) return;
  throw base::Error(base::Kind::invalid, "params.contexts has " + base::quoted(name) +
                                             ", which is neither the base image nor a step of the recipe")
      .fix(recipe.image.scratch ? "the recipe starts from scratch and has no steps: leave it out"
                                : "the base image is " + base::quoted(recipe.image.base.value));
}

/// The image in `path`; nullopt for a directory that has none.
std::optional<fs::path> image_in(const fs::path& inputs, const fs::path& path, const std::string& given,
                                 const std::string& what) {
  if (!fs::is_directory(path) || fs::exists(path / "oci-layout")) return path;
  if (!fs::is_regular_file(path / "digest")) return std::nullopt;
  for (const char* inner : {"oci", "image.tar"})
    if (fs::exists(path / inner)) return base::path_inside(inputs, given + "/" + inner, what);
  if (fs::is_directory(path / "rootfs"))
    throw base::Error(base::Kind::invalid, what + " is " + base::quoted(given) + ", which was fetched as rootfs")
        .fix("get it with format: oci-layout; for its files alone name '" + base::printable(given) + "/rootfs'");
  return std::nullopt;
}

/// "registry/repository:tag@sha256:…"; nullopt if nobody noted where the image is from.
std::optional<std::string> origin_of(const Prebuilt& image) {
  if (!image.taken_from() || !image.origin_digest()) return std::nullopt;
  std::string name = image.taken_from()->text();
  if (!image.origin_tag().empty()) name += ":" + image.origin_tag();
  return name::Reference::parse(name).with_digest(*image.origin_digest()).text();
}

}  // namespace

Contexts::Contexts(const resource::PutParams& params, const fs::path& inputs, const recipe::Recipe& recipe,
                   std::stop_token stop) {
  for (const auto& [name, given] : params.contexts) {
    check_name(name, recipe);
    const std::string what = "params.contexts." + base::printable(name);
    const auto path = base::path_inside(inputs, given, what);
    if (auto image = image_in(inputs, path, given, what)) {
      base::within("reading " + what, [&] { add_image(name, *image, stop); });
      continue;
    }
    const std::string local = "input-" + std::to_string(directories_.size());
    directories_.push_back({.name = local, .root = given, .inside = inputs});
    options_[name] = "local:" + local;
  }
}

void Contexts::add_image(const std::string& name, const fs::path& path, std::stop_token stop) {
  auto image = std::make_shared<const Prebuilt>(path, std::move(stop));
  image->check_complete();
  const std::string store = "input-" + std::to_string(images_.size());
  options_[name] = "oci-layout://" + store + "@" + image->root().digest.text();
  if (auto origin = origin_of(*image)) {
    origins_[name] = *origin;
    by_origin_[*origin] = image;
  }
  images_.emplace(store, std::move(image));
}

void Contexts::add_to(buildkit::BuildRequest& request) const {
  request.directories.insert(request.directories.end(), directories_.begin(), directories_.end());
  for (const auto& [store, image] : images_) request.layouts[store] = std::make_shared<ImageStore>(image);
}

std::optional<std::string> Contexts::platform_manifest(const std::string& canonical_name,
                                                       const name::Platform& platform) const {
  auto found = by_origin_.find(canonical_name);
  if (found == by_origin_.end()) return std::nullopt;
  const auto& root = found->second->root();
  if (!root.is_index()) return "";
  const auto index = oci::parse_index(root);
  const auto* child = oci::find_platform(index, platform);
  return child ? child->digest.text() : "";
}

}  // namespace out
