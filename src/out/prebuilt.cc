#include "out/prebuilt.h"

#include <glob.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>

#include "core/base/error.h"
#include "core/base/inside.h"
#include "core/base/text.h"
#include "out/docker_tar.h"
#include "out/tar_index.h"

namespace out {
namespace {

namespace fs = std::filesystem;

/// A part of a file that this owns.
class OwnedSource : public http::Source {
 public:
  OwnedSource(oci::LayoutFile file, std::string what)
      : file_(std::move(file)), source_(file_.fd, std::move(what), file_.offset, file_.size) {}
  std::optional<std::uint64_t> size() const override { return source_.size(); }
  std::size_t read(std::span<std::byte> buffer) override { return source_.read(buffer); }
  void rewind(std::uint64_t position) override { source_.rewind(position); }

 private:
  oci::LayoutFile file_;
  http::FileSource source_;
};

/// Bytes that this owns.
class OwnedBytes : public http::Source {
 public:
  explicit OwnedBytes(std::string bytes) : bytes_(std::move(bytes)), source_(bytes_) {}
  std::optional<std::uint64_t> size() const override { return source_.size(); }
  std::size_t read(std::span<std::byte> buffer) override { return source_.read(buffer); }
  void rewind(std::uint64_t position) override { source_.rewind(position); }

 private:
  std::string bytes_;
  http::BytesSource source_;
};

/// Bytes as a file that is nowhere.
oci::LayoutFile in_memory(std::string_view bytes) {
  base::Fd fd(::memfd_create("blob", MFD_CLOEXEC));
  if (!fd) throw base::errno_error("keep a blob in memory", errno);
  base::write_all(fd.get(), bytes, "a blob in memory");
  return {std::move(fd), 0, bytes.size()};
}

std::vector<std::string> matches(const fs::path& inputs, const std::string& pattern) {
  std::vector<std::string> out;
  glob_t found{};
  if (::glob((inputs / pattern).c_str(), 0, nullptr, &found) == 0)
    for (std::size_t i = 0; i < found.gl_pathc; ++i)
      out.push_back(fs::path(found.gl_pathv[i]).lexically_relative(inputs).string());
  ::globfree(&found);
  return out;
}

fs::path the_match(const fs::path& inputs, const std::string& pattern) {
  if (fs::path(pattern).is_absolute())
    throw base::Error(base::Kind::invalid, "params.image is " + base::quoted(pattern) + ", an absolute path")
        .fix("name it from the step's directory: 'INPUT/image.tar'");
  auto found = matches(inputs, pattern);
  if (found.empty())
    throw base::Error(base::Kind::not_found, "params.image " + base::quoted(pattern) + " matches no file");
  if (found.size() > 1) {
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < std::min<std::size_t>(found.size(), 5); ++i) shown.push_back(base::quoted(found[i]));
    throw base::Error(base::Kind::invalid, "params.image " + base::quoted(pattern) + " matches " +
                                               std::to_string(found.size()) + " files: " + base::join(shown, ", "))
        .fix("one image is pushed: make the pattern narrower");
  }
  return base::path_inside(inputs, found.front(), "params.image");
}

/// The first line of a small file beside the image; "" if there is none.
std::string note(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return "";
  try {
    return std::string(base::trim(base::read_file(file, 4096)));
  } catch (const base::Error&) {
    return "";
  }
}

}  // namespace

Prebuilt::Prebuilt(const fs::path& inputs, const std::string& image, std::stop_token stop) {
  std::error_code failure;
  const auto root = fs::canonical(inputs, failure);
  if (failure) throw base::errno_error("find '" + inputs.string() + "'", failure.value());
  const auto path = the_match(root, image);
  base::within("reading the image " + base::quoted(image), [&] { load(path, stop); });
}

Prebuilt::Prebuilt(const fs::path& path, std::stop_token stop) { load(path, std::move(stop)); }

void Prebuilt::load(const fs::path& path, std::stop_token stop) {
  note_origin(path.parent_path());
  if (fs::is_directory(path))
    load_layout(path);
  else
    load_archive(path, std::move(stop));
}

void Prebuilt::note_origin(const fs::path& directory) {
  stated_digest_ = note(directory / "digest");
  try {
    if (auto tag = note(directory / "tag"); !tag.empty()) origin_tag_ = name::Tag::parse(tag).text();
  } catch (const base::Error&) {
    // Likewise.
  }
  try {
    if (auto text = note(directory / "repository"); !text.empty()) taken_from_ = name::Repository::parse(text);
  } catch (const base::Error&) {
    // Somebody else's file of that name.
  }
}

void Prebuilt::load_layout(const fs::path& directory) {
  layout_.emplace(directory);
  // A `get` says what the image was: an index of one entry stays one.
  root_ = layout_->index().digest.text() == stated_digest_ ? layout_->index() : layout_->root();
}

void Prebuilt::load_archive(const fs::path& file, std::stop_token stop) {
  auto index = std::make_shared<const TarIndex>(file);
  if (index->has("oci-layout")) {
    layout_.emplace([index](const std::string& name) { return index->open(name); }, file.filename().string());
    root_ = layout_->index().digest.text() == stated_digest_ ? layout_->index() : layout_->root();
    return;
  }
  auto loaded = load_docker_tar(*index, compressed_, stop);
  root_ = std::move(loaded.manifest);
  made_.emplace(loaded.config_digest, std::move(loaded.config));
  blobs_ = std::move(loaded.layers);
}

oci::Document Prebuilt::document(const oci::Descriptor& descriptor) const {
  if (!layout_) throw base::Error(base::Kind::not_found, "the image lacks manifest " + descriptor.digest.text());
  return layout_->document(descriptor);
}

std::optional<base::Digest> Prebuilt::origin_digest() const {
  if (layout_) return root_->digest;
  if (!base::Digest::valid(stated_digest_)) return std::nullopt;
  return base::Digest::parse(stated_digest_);
}

std::optional<oci::LayoutFile> Prebuilt::find(const base::Digest& digest) const {
  if (digest == root_->digest) return in_memory(root_->bytes);
  if (layout_) return layout_->find_blob(digest);
  if (auto made = made_.find(digest); made != made_.end()) return in_memory(made->second);
  auto found = blobs_.find(digest);
  return found == blobs_.end() ? std::nullopt : std::optional(share(found->second));
}

void Prebuilt::check_manifest(const oci::Document& document) const {
  const auto manifest = oci::parse_manifest(document);
  auto check = [&](const oci::Descriptor& blob) {
    auto file = find(blob.digest);
    if (!file) throw base::Error(base::Kind::not_found, "the image lacks blob " + blob.digest.text());
    if (file->size != blob.size)
      throw base::Error(base::Kind::corrupt, "blob " + blob.digest.text() + " has " + std::to_string(file->size) +
                                                 " bytes, its descriptor says " + std::to_string(blob.size));
  };
  check(manifest.config);
  for (const auto& layer : manifest.layers) check(layer);
}

void Prebuilt::check_complete() const {
  if (!root_->is_index()) return check_manifest(*root_);
  for (const auto& child : oci::parse_index(*root_).manifests)
    if (find(child.digest))
      if (auto inner = document(child); !inner.is_index()) check_manifest(inner);
}

std::unique_ptr<http::Source> Prebuilt::open(const oci::Descriptor& descriptor) const {
  const std::string what = "blob " + descriptor.digest.text();
  if (descriptor.data) return std::make_unique<OwnedBytes>(*descriptor.data);
  if (layout_) return std::make_unique<OwnedSource>(layout_->open_blob(descriptor), what);
  if (auto made = made_.find(descriptor.digest); made != made_.end()) return std::make_unique<OwnedBytes>(made->second);
  auto found = blobs_.find(descriptor.digest);
  if (found == blobs_.end()) throw base::Error(base::Kind::not_found, "the image lacks " + what);
  return std::make_unique<OwnedSource>(share(found->second), what);
}

}  // namespace out
