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

std::string read_all(const LayoutFile& file, const std::string& what, std::uint64_t max_bytes) {
  if (file.size > max_bytes)
    throw base::Error(base::Kind::invalid, what + " has " + base::human_bytes(file.size) + ", at most " +
                                               base::human_bytes(max_bytes) + " are read");
  std::string out(file.size, '\0');
  for (std::size_t done = 0; done < out.size();) {
    auto n = ::pread(file.fd.get(), out.data() + done, out.size() - done, static_cast<off_t>(file.offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw base::errno_error("read " + what, errno);
    if (n == 0) throw base::Error(base::Kind::corrupt, what + " ends early");
    done += static_cast<std::size_t>(n);
  }
  return out;
}

LayoutFiles files_in(const std::filesystem::path& directory) {
  return [directory](const std::string& name) -> std::optional<LayoutFile> {
    const auto path = directory / name;
    base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!fd && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
    if (!fd && errno == ELOOP)
      throw base::Error(base::Kind::corrupt, base::quoted(name) + " in the layout is a symbolic link")
          .fix("put the file itself into the layout");
    if (!fd) throw base::errno_error("open '" + path.string() + "'", errno);
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) throw base::errno_error("examine '" + path.string() + "'", errno);
    if (!S_ISREG(status.st_mode))
      throw base::Error(base::Kind::corrupt, base::quoted(name) + " in the layout is no regular file");
    return LayoutFile{std::move(fd), 0, static_cast<std::uint64_t>(status.st_size)};
  };
}

std::string stated_media_type(std::string_view bytes) {
  auto value = json::parse(bytes, "index.json");
  return json::Object(value, "index.json").string("mediaType").value_or(std::string(media_type::index));
}

}  // namespace

std::string blob_name(const base::Digest& digest) {
  return "blobs/" + std::string(digest.algorithm()) + "/" + std::string(digest.hex());
}

Layout::Layout(const std::filesystem::path& directory) : Layout(files_in(directory), directory.string()) {}

Layout::Layout(LayoutFiles files, const std::string& what)
    : files_(std::move(files)), index_(Document::make(std::string(media_type::index), "")) {
  auto marker_file = files_("oci-layout");
  if (!marker_file)
    throw base::Error(base::Kind::not_found, base::quoted(what) + " is no image layout: it has no file 'oci-layout'");
  auto marker = json::parse(read_all(*marker_file, "oci-layout", 64 * 1024), "oci-layout");
  json::Object object(marker, "oci-layout");
  auto version = object.required_string("imageLayoutVersion");
  if (!version.starts_with("1."))
    throw object.problem("imageLayoutVersion", "is " + base::quoted(version, 40) + ", '1.0.0' is wanted");
  auto index_file = files_("index.json");
  if (!index_file) throw base::Error(base::Kind::not_found, base::quoted(what) + " has no file 'index.json'");
  auto bytes = read_all(*index_file, "index.json", max_manifest_bytes);
  auto media_type = stated_media_type(bytes);
  index_ = Document::make(std::move(media_type), std::move(bytes));
  parse_index(index_);
}

LayoutFile Layout::open_blob(const Descriptor& descriptor) const {
  auto file = files_(blob_name(descriptor.digest));
  if (!file) throw base::Error(base::Kind::not_found, "the layout lacks blob " + descriptor.digest.text());
  if (file->size != descriptor.size)
    throw base::Error(base::Kind::corrupt, "blob " + descriptor.digest.text() + " has " + std::to_string(file->size) +
                                               " bytes, its descriptor says " + std::to_string(descriptor.size));
  return *std::move(file);
}

std::string Layout::read_blob(const Descriptor& descriptor, std::uint64_t max_bytes) const {
  const std::string what = "blob " + descriptor.digest.text();
  if (descriptor.size > max_bytes)
    throw base::Error(base::Kind::invalid, what + " has " + base::human_bytes(descriptor.size) + ", at most " +
                                               base::human_bytes(max_bytes) + " are read");
  auto bytes = read_all(open_blob(descriptor), what, max_bytes);
  auto found = base::hash_hex(descriptor.digest.algorithm(), bytes);
  if (found != descriptor.digest.hex())
    throw base::Error(base::Kind::corrupt,
                      what + " has digest " + std::string(descriptor.digest.algorithm()) + ":" + found);
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
  if (auto mark = files_("single-image-digest")) {
    auto digest = base::Digest::parse(base::trim(read_all(*mark, "single-image-digest", 1024)));
    for (const auto& child : parse_index(index_).manifests)
      if (child.digest == digest) return document(child);
    throw base::Error(base::Kind::corrupt, "the layout's index lacks " + digest.text() + ", its single image");
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
  return directory_ / blob_name(digest);
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
