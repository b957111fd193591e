#include "core/buildkit/receive_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/base/clean_path.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"
#include "core/buildkit/beneath.h"
#include "core/buildkit/go_mode.h"
#include "core/buildkit/packet.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;

constexpr std::uint32_t max_entries = 2'000'000;
/// Upstream's sender stops reading when it has 128 requests waiting, so we must not write more and stop reading too.
constexpr std::size_t max_requests = 64;

Error broken(const std::string& problem) {
  return Error(Kind::corrupt, "the engine breaks the file transfer protocol: " + problem);
}

class Receiver {
 public:
  Receiver(int root, grpc::ServerContext& context, RawStream& stream)
      : root_(root), context_(context), stream_(stream) {}

  void run() {
    grpc::ByteBuffer bytes;
    Packet packet;
    while (stream_.Read(&bytes)) {
      if (!from_bytes(bytes, packet)) throw broken("a malformed packet");
      switch (packet.type()) {
        case Packet::PACKET_STAT:
          packet.has_stat() ? add(packet.stat()) : end_of_list();
          break;
        case Packet::PACKET_DATA:
          write(packet.id(), packet.data());
          break;
        case Packet::PACKET_ERR:
          throw Error(Kind::failed, "the engine could not send a tree: " + base::printable(packet.data()));
        case Packet::PACKET_FIN:
          if (!finished_) throw broken("an end before the data");
          return;
        default:
          throw broken("an unexpected packet");
      }
    }
    throw context_.IsCancelled() ? Error(Kind::cancelled, "the engine cancelled a file transfer")
                                 : Error(Kind::unavailable, "the engine ended a file transfer early");
  }

 private:
  /// A file whose content is on its way, under its final name.
  struct File {
    std::string path;
    base::Fd fd;  ///< opened with the first data: the engine may have thousands of files on its way
    mode_t mode;
    timespec modified;
  };
  struct Directory {
    std::string path;
    mode_t mode;
    timespec modified;
  };

  /// The open directory that `path` lies in, and the path's last component.
  std::pair<int, std::string> parent_of(const std::string& path) {
    auto slash = path.rfind('/');
    std::string directory = slash == std::string::npos ? "" : path.substr(0, slash);
    if (!parent_ || parent_path_ != directory) {
      parent_ = open_beneath(root_, directory, O_PATH | O_DIRECTORY);
      parent_path_ = directory;
      if (!parent_) throw failed("open the directory of", path);
    }
    return {parent_.get(), slash == std::string::npos ? path : path.substr(slash + 1)};
  }

  static Error failed(std::string_view doing, const std::string& path) {
    int error_number = errno;
    return base::errno_error(std::string(doing) + " " + base::quoted(path), error_number);
  }

  void add(const fsutil::types::Stat& stat) {
    if (listed_) throw broken("an entry after the end of the list");
    if (next_id_ == max_entries) throw broken("more than 2,000,000 entries");
    const std::string& path = stat.path();
    if (!base::is_inner_path(path) || path.size() >= PATH_MAX) throw broken("the path " + base::quoted(path));
    std::uint32_t id = next_id_++;
    mode_t mode = from_go_mode(stat.mode());
    std::int64_t second = 1'000'000'000, part = stat.modtime() % second;
    if (part < 0) part += second;
    timespec modified{static_cast<time_t>((stat.modtime() - part) / second), static_cast<long>(part)};

    auto [parent, name] = parent_of(path);
    if (S_ISDIR(mode)) {
      add_directory(parent, name, path);
      directories_.push_back({path, mode, modified});
      return;
    }
    // Whatever stood there goes, so that nothing is written through a link; a directory stays and is an error.
    if (::unlinkat(parent, name.c_str(), 0) != 0 && errno != ENOENT) throw failed("replace", path);
    if (S_ISLNK(mode)) {
      if (::symlinkat(stat.linkname().c_str(), parent, name.c_str()) != 0) throw failed("create symbolic link", path);
      timespec times[2] = {{0, UTIME_OMIT}, modified};
      ::utimensat(parent, name.c_str(), times, AT_SYMLINK_NOFOLLOW);
    } else if (S_ISREG(mode) && !stat.linkname().empty()) {
      add_link(parent, name, path, stat.linkname());
    } else if (S_ISREG(mode)) {
      base::Fd fd(::openat(parent, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
      if (!fd) throw failed("create", path);
      for (const auto& [key, value] : stat.xattrs())
        if (key.starts_with("user.")) ::fsetxattr(fd.get(), key.c_str(), value.data(), value.size(), 0);
      awaited_.emplace(id, File{path, {}, mode, modified});
      unasked_.push_back(id);
      ask();
    } else if (S_ISFIFO(mode)) {
      if (::mkfifoat(parent, name.c_str(), mode & 0777) != 0) throw failed("create fifo", path);
    }
  }

  static void add_directory(int parent, const std::string& name, const std::string& path) {
    if (::mkdirat(parent, name.c_str(), 0700) == 0) return;
    struct stat status;
    bool there = errno == EEXIST && ::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (there && S_ISDIR(status.st_mode)) return;
    if (there && ::unlinkat(parent, name.c_str(), 0) == 0 && ::mkdirat(parent, name.c_str(), 0700) == 0) return;
    throw failed("create directory", path);
  }

  void add_link(int parent, const std::string& name, const std::string& path, const std::string& target) {
    if (!base::is_inner_path(target)) throw broken("a hard link to " + base::quoted(target));
    auto slash = target.rfind('/');
    base::Fd from =
        open_beneath(root_, slash == std::string::npos ? "" : target.substr(0, slash), O_PATH | O_DIRECTORY);
    const char* last = target.c_str() + (slash == std::string::npos ? 0 : slash + 1);
    if (!from || ::linkat(from.get(), last, parent, name.c_str(), 0) != 0) throw failed("create hard link", path);
  }

  void ask() {
    for (; requests_ < max_requests && !unasked_.empty(); requests_++, unasked_.pop_front()) {
      Packet request;
      request.set_type(Packet::PACKET_REQ);
      request.set_id(unasked_.front());
      send(request);
    }
  }

  void write(std::uint32_t id, const std::string& data) {
    auto found = awaited_.find(id);
    if (found == awaited_.end()) throw broken("data of a file that was not asked for");
    File& file = found->second;
    if (!file.fd) {
      auto [parent, name] = parent_of(file.path);
      file.fd = base::Fd(::openat(parent, name.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
      if (!file.fd) throw failed("write", file.path);
    }
    if (!data.empty()) {
      base::write_all(file.fd.get(), data, base::quoted(file.path));
      return;
    }
    timespec times[2] = {{0, UTIME_OMIT}, file.modified};
    if (::fchmod(file.fd.get(), file.mode & 07777) != 0) throw failed("set the mode of", file.path);
    ::futimens(file.fd.get(), times);
    awaited_.erase(found);
    requests_--;
    ask();
    finish_if_done();
  }

  void end_of_list() {
    if (listed_) throw broken("a second end of the list");
    listed_ = true;
    finish_if_done();
  }

  void finish_if_done() {
    if (!listed_ || !awaited_.empty()) return;
    // Inner ones first: with its final mode a directory may let nobody in, and each change inside moves its time.
    for (auto directory = directories_.rbegin(); directory != directories_.rend(); ++directory) {
      base::Fd fd = open_beneath(root_, directory->path, O_RDONLY | O_DIRECTORY);
      timespec times[2] = {{0, UTIME_OMIT}, directory->modified};
      if (!fd || ::fchmod(fd.get(), directory->mode & 07777) != 0) throw failed("set the mode of", directory->path);
      ::futimens(fd.get(), times);
    }
    finished_ = true;
    Packet end;
    end.set_type(Packet::PACKET_FIN);
    send(end);
  }

  void send(const Packet& packet) {
    if (!stream_.Write(to_bytes(packet))) throw Error(Kind::unavailable, "the engine ended a file transfer early");
  }

  int root_;
  grpc::ServerContext& context_;
  RawStream& stream_;
  std::uint32_t next_id_ = 0;
  std::map<std::uint32_t, File> awaited_;
  std::deque<std::uint32_t> unasked_;
  std::size_t requests_ = 0;
  std::vector<Directory> directories_;
  base::Fd parent_;
  std::string parent_path_;
  bool listed_ = false, finished_ = false;
};

}  // namespace

void receive_directory(int root, grpc::ServerContext& context, RawStream& stream) {
  Receiver(root, context, stream).run();
}

}  // namespace buildkit
