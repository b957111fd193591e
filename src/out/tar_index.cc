#include "out/tar_index.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/archive/decompress.h"
#include "core/archive/tar_members.h"
#include "core/archive/tar_reader.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace out {
namespace {

constexpr std::uint64_t max_members = 100'000;
constexpr int max_links = 16;

/// A file as one piece of address space: what a reader skips is never read from disk.
class Mapped : public archive::PieceSource {
 public:
  Mapped(const base::Fd& fd, const std::string& what) {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) throw base::errno_error("examine " + what, errno);
    if (!S_ISREG(status.st_mode)) throw base::Error(base::Kind::invalid, what + " is no regular file");
    size_ = static_cast<std::size_t>(status.st_size);
    if (size_ == 0) return;
    data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd.get(), 0);
    if (data_ == MAP_FAILED) throw base::errno_error("read " + what, errno);
  }
  ~Mapped() override {
    if (size_ > 0) ::munmap(data_, size_);
  }
  Mapped(const Mapped&) = delete;

  std::span<const std::byte> all() const { return {static_cast<const std::byte*>(data_), size_}; }
  std::span<const std::byte> next() override {
    return std::exchange(given_, true) ? std::span<const std::byte>() : all();
  }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
  bool given_ = false;
};

/// "a/b/../c" without its dots; "" if it leads out of the tar.
std::string normal(const std::filesystem::path& path) {
  auto text = path.lexically_normal().string();
  return text.starts_with("..") ? "" : archive::member_name(text);
}

}  // namespace

TarIndex::TarIndex(const std::filesystem::path& file) : fd_(base::open_read(file)) {
  const std::string what = base::quoted(file.string());
  Mapped mapped(fd_, what);
  auto start = mapped.all().first(std::min(mapped.all().size(), archive::sniff_bytes));
  if (auto found = archive::sniff(start); found != archive::Compression::none)
    throw base::Error(base::Kind::invalid, what + " is compressed (" + std::string(archive::name_of(found)) + ")")
        .fix("unpack it to a plain tar: its blobs are sent from where they lie");
  archive::TarReader reader(mapped, {.max_entries = max_members});
  while (auto entry = reader.next()) {
    Member member{.offset = reader.position(), .size = entry->size};
    member.is_file = entry->type == archive::EntryType::file && !entry->sparse;
    const auto name = archive::member_name(entry->name);
    if (entry->type == archive::EntryType::hardlink) member.link = normal(entry->link_name);
    if (entry->type == archive::EntryType::symlink)
      member.link = normal(std::filesystem::path(name).parent_path() / entry->link_name);
    members_.insert_or_assign(name, std::move(member));
  }
  if (members_.empty()) throw base::Error(base::Kind::corrupt, what + " is an empty tar");
}

std::optional<oci::LayoutFile> TarIndex::open(const std::string& name) const {
  auto found = members_.find(normal(name));
  for (int links = 0; found != members_.end() && !found->second.link.empty(); ++links) {
    if (links == max_links)
      throw base::Error(base::Kind::corrupt, base::quoted(name) + " in the tar is a link in a circle");
    found = members_.find(found->second.link);
  }
  if (found == members_.end()) return std::nullopt;
  if (!found->second.is_file)
    throw base::Error(base::Kind::corrupt, base::quoted(name) + " in the tar is no regular file");
  base::Fd copy(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy) throw base::errno_error("open the tar once more", errno);
  return oci::LayoutFile{std::move(copy), found->second.offset, found->second.size};
}

oci::LayoutFile share(const oci::LayoutFile& file) {
  base::Fd copy(::fcntl(file.fd.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy) throw base::errno_error("open a file once more", errno);
  return {std::move(copy), file.offset, file.size};
}

}  // namespace out
