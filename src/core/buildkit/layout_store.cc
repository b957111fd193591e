#include "core/buildkit/layout_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/buildkit/beneath.h"

namespace buildkit {
namespace {

/// A blob under a temporary name until its digest is known.
class FileWriter final : public BlobWriter {
 public:
  /// Borrows `root`, which has blobs/sha256.
  explicit FileWriter(int root) : name_(".new-" + base::random_hex(8)) {
    directory_ = open_beneath(root, "blobs/sha256", O_PATH | O_DIRECTORY);
    if (directory_)
      file_ = base::Fd(::openat(directory_.get(), name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!file_) throw base::errno_error("create a blob in the image layout", errno);
  }
  ~FileWriter() override {
    if (!name_.empty()) ::unlinkat(directory_.get(), name_.c_str(), 0);
  }

  void write(std::string_view data) override {
    base::write_all(file_.get(), data, "a blob of the image layout");
    hash_.update(data);
    size_ += data.size();
  }

  void restart() override {
    if (::ftruncate(file_.get(), 0) != 0 || ::lseek(file_.get(), 0, SEEK_SET) != 0)
      throw base::errno_error("write a blob of the image layout", errno);
    hash_ = base::Sha256();
    size_ = 0;
  }

  std::uint64_t size() const override { return size_; }

  base::Digest commit(std::string_view expected) override {
    base::Digest digest = hash_.finish();
    if (!expected.empty() && digest.text() != expected)
      throw base::Error(base::Kind::corrupt,
                        "the engine sent content with the digest " + digest.text() + " as " + base::quoted(expected));
    if (::renameat(directory_.get(), name_.c_str(), directory_.get(), std::string(digest.hex()).c_str()) != 0)
      throw base::errno_error("put a blob in its place in the image layout", errno);
    name_.clear();
    return digest;
  }

 private:
  base::Fd directory_, file_;
  std::string name_;
  base::Sha256 hash_;
  std::uint64_t size_ = 0;
};

base::Fd open_layout(const std::filesystem::path& directory, LayoutStore::Access access) {
  std::error_code ignored;  // open_root says what is wrong
  if (access == LayoutStore::Access::write) std::filesystem::create_directories(directory / "blobs/sha256", ignored);
  return open_root(directory);
}

}  // namespace

LayoutStore::LayoutStore(const std::filesystem::path& directory, Access access)
    : root_(open_layout(directory, access)), access_(access) {}

std::optional<oci::LayoutFile> LayoutStore::open(const base::Digest& digest) {
  base::Fd fd = open_beneath(root_.get(), oci::blob_name(digest), O_RDONLY | O_NONBLOCK);
  struct stat status;
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return oci::LayoutFile{std::move(fd), 0, static_cast<std::uint64_t>(status.st_size)};
}

std::unique_ptr<BlobWriter> LayoutStore::create(const NewBlob& blob) {
  if (base::Digest::valid(blob.digest) && open(base::Digest::parse(blob.digest))) return nullptr;
  return std::make_unique<FileWriter>(root_.get());
}

}  // namespace buildkit
