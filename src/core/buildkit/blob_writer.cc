#include "core/buildkit/blob_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/buildkit/beneath.h"

namespace buildkit {

std::string blob_path(const base::Digest& digest) {
  return "blobs/" + std::string(digest.algorithm()) + "/" + std::string(digest.hex());
}

BlobWriter::BlobWriter(int root) : root_(root), name_(".new-" + base::random_hex(8)) {
  directory_ = open_beneath(root_, "blobs/sha256", O_PATH | O_DIRECTORY);
  if (directory_)
    file_ = base::Fd(::openat(directory_.get(), name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file_) throw base::errno_error("create a blob in the image layout", errno);
}

BlobWriter::~BlobWriter() {
  if (!name_.empty()) ::unlinkat(directory_.get(), name_.c_str(), 0);
}

void BlobWriter::write(std::string_view data) {
  base::write_all(file_.get(), data, "a blob of the image layout");
  hash_.update(data);
  size_ += data.size();
}

void BlobWriter::restart() {
  if (::ftruncate(file_.get(), 0) != 0 || ::lseek(file_.get(), 0, SEEK_SET) != 0)
    throw base::errno_error("write a blob of the image layout", errno);
  hash_ = base::Sha256();
  size_ = 0;
}

base::Digest BlobWriter::commit(std::string_view expected) {
  base::Digest digest = hash_.finish();
  if (!expected.empty() && digest.text() != expected)
    throw base::Error(base::Kind::corrupt,
                      "the engine sent content with the digest " + digest.text() + " as " + base::quoted(expected));
  if (::renameat(directory_.get(), name_.c_str(), directory_.get(), std::string(digest.hex()).c_str()) != 0)
    throw base::errno_error("put a blob in its place in the image layout", errno);
  name_.clear();
  return digest;
}

}  // namespace buildkit
