#include "core/oci/layout.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/text.h"
#include "core/oci/media_type.h"

namespace oci {
namespace {

constexpr int max_nesting = 8;
constexpr std::string_view layout_marker = R"({"imageLayoutVersion":"1.0.0"})";
constexpr std::string_view ref_name = "org.opencontainers.image.ref.name";

std::filesystem::path blob_path(const std::filesystem::path& directory, const base::Digest& digest) {
  return directory / "blobs" / digest.algorithm() / digest.hex();
}

/// What is left of `fd`, which is known to hold `size` bytes.
std::string read_exactly(const base::Fd& fd, std::uint64_t size, const std::string& what) {
  std::string out(size, '\0');
  if (base::read_full(fd.get(), std::as_writable_bytes(std::span(out)), what) != size)
    throw base::Error(base::Kind::corrupt, what + " ends early");
  return out;
}

std::string stated_media_type(std::string_view bytes) {
  auto value = json::parse(bytes, "index.json");
  return json::Object(value, "index.json").string("mediaType").value_or(std::string(media_type::index));
}

}  // namespace

Layout::Layout(std::filesystem::path directory)
    : directory_(std::move(directory)), index_(Document::make(std::string(media_type::index), "")) {
  auto marker_file = directory_ / "oci-layout";
  if (!std::filesystem::exists(marker_file))
    throw base::Error(base::Kind::not_found,
                      base::quoted(directory_.string()) + " is no image layout: it has no file 'oci-layout'");
  auto marker = json::parse(base::read_file(marker_file, 64 * 1024), "oci-layout");
  json::Object object(marker, "oci-layout");
  auto version = object.required_string("imageLayoutVersion");
  if (!version.starts_with("1."))
    throw object.problem("imageLayoutVersion", "is " + base::quoted(version, 40) + ", '1.0.0' is wanted");
  auto bytes = base::read_file(directory_ / "index.json", max_manifest_bytes);
  auto media_type = stated_media_type(bytes);
  index_ = Document::make(std::move(media_type), std::move(bytes));
  parse_index(index_);
}

base::Fd Layout::open_blob(const Descriptor& descriptor) const {
  auto file = oci::blob_path(directory_, descriptor.digest);
  base::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd && errno == ENOENT)
    throw base::Error(base::Kind::not_found, "the layout lacks blob " + descriptor.digest.text());
  if (!fd && errno == ELOOP)
    throw base::Error(base::Kind::corrupt, "blob " + descriptor.digest.text() + " is a symbolic link")
        .fix("put the file itself into the layout");
  if (!fd) throw base::errno_error("open '" + file.string() + "'", errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw base::errno_error("examine '" + file.string() + "'", errno);
  if (!S_ISREG(status.st_mode))
    throw base::Error(base::Kind::corrupt, "blob " + descriptor.digest.text() + " is no regular file");
  if (static_cast<std::uint64_t>(status.st_size) != descriptor.size)
    throw base::Error(base::Kind::corrupt, "blob " + descriptor.digest.text() + " has " +
                                               std::to_string(status.st_size) + " bytes, its descriptor says " +
                                               std::to_string(descriptor.size));
  return fd;
}

std::string Layout::read_blob(const Descriptor& descriptor, std::uint64_t max_bytes) const {
  if (descriptor.size > max_bytes)
    throw base::Error(base::Kind::invalid, "blob " + descriptor.digest.text() + " has " +
                                               base::human_bytes(descriptor.size) + ", at most " +
                                               base::human_bytes(max_bytes) + " are read");
  auto bytes = read_exactly(open_blob(descriptor), descriptor.size, "blob " + descriptor.digest.text());
  auto found = base::hash_hex(descriptor.digest.algorithm(), bytes);
  if (found != descriptor.digest.hex())
    throw base::Error(base::Kind::corrupt, "blob " + descriptor.digest.text() + " has digest " +
                                               std::string(descriptor.digest.algorithm()) + ":" + found);
  return bytes;
}

Document Layout::document(const Descriptor& descriptor) const {
  return {descriptor.media_type, descriptor.data ? *descriptor.data : read_blob(descriptor, max_manifest_bytes),
          descriptor.digest};
}

Document Layout::root(std::string_view tag) const {
  Document current = index_;
  if (!tag.empty()) {
    for (const auto& child : parse_index(index_).manifests)
      if (auto name = child.annotations.find(std::string(ref_name));
          name != child.annotations.end() && name->second == tag)
        return document(child);
    throw base::Error(base::Kind::not_found, "the layout has nothing named " + base::quoted(tag));
  }
  for (int depth = 0; current.is_index(); ++depth) {
    auto index = parse_index(current);
    if (index.manifests.size() != 1) break;
    if (depth == max_nesting)
      throw base::Error(base::Kind::invalid, "the layout nests more than " + std::to_string(max_nesting) + " indexes");
    current = document(index.manifests.front());
  }
  return current;
}

LayoutWriter::LayoutWriter(std::filesystem::path directory) : directory_(std::move(directory)) {
  std::error_code error;
  std::filesystem::create_directories(directory_ / "blobs" / "sha256", error);
  if (error) throw base::errno_error("create '" + directory_.string() + "'", error.value());
}

std::filesystem::path LayoutWriter::blob_path(const base::Digest& digest) const {
  return oci::blob_path(directory_, digest);
}

bool LayoutWriter::has(const Descriptor& descriptor) const {
  std::error_code error;
  auto size = std::filesystem::file_size(blob_path(descriptor.digest), error);
  return !error && size == descriptor.size;
}

void LayoutWriter::write_blob(const base::Digest& digest, std::string_view bytes) const {
  base::write_file(blob_path(digest), bytes);
}

void LayoutWriter::finish(std::string_view index_bytes) const {
  base::write_file(directory_ / "oci-layout", layout_marker);
  base::write_file(directory_ / "index.json", index_bytes);
}

}  // namespace oci
