#include "core/buildkit/walk.h"

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"
#include "core/buildkit/beneath.h"
#include "core/buildkit/name_list.h"

namespace buildkit {
namespace {

constexpr std::size_t max_open = 64;

bool vanished(int error_number) { return error_number == ENOENT || error_number == ENOTDIR || error_number == ELOOP; }

/// Extended attributes by way of /proc, which takes a path relative to an open directory. Where they cannot be had
/// (no such file system feature, no /proc) there are none.
std::vector<std::pair<std::string, std::string>> read_attributes(int directory, std::string_view name) {
  std::vector<std::pair<std::string, std::string>> out;
  std::string path = "/proc/self/fd/" + std::to_string(directory) + "/" + std::string(name);
  char fixed[1024];
  std::string names;
  ssize_t size = ::llistxattr(path.c_str(), fixed, sizeof fixed);
  if (size < 0 && errno == ERANGE) {
    names.resize(64 << 10);  // the kernel's limit
    size = ::llistxattr(path.c_str(), names.data(), names.size());
  } else if (size > 0) {
    names.assign(fixed, static_cast<std::size_t>(size));
  }
  if (size <= 0) return out;
  names.resize(static_cast<std::size_t>(size));
  std::string value(64 << 10, '\0');
  for (std::string_view each : base::split(std::string_view(names).substr(0, names.size() - 1), '\0')) {
    std::string key(each);
    ssize_t length = ::lgetxattr(path.c_str(), key.c_str(), value.data(), value.size());
    if (length >= 0) out.emplace_back(std::move(key), value.substr(0, static_cast<std::size_t>(length)));
  }
  return out;
}

std::string read_target(int directory, const char* name) {
  std::string out(PATH_MAX, '\0');
  ssize_t n = ::readlinkat(directory, name, out.data(), out.size());
  out.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return out;
}

class Walker {
 public:
  Walker(int root, const std::vector<const PathFilter*>& filters, const std::stop_token& stop,
         const std::function<void(const Entry&)>& visit)
      : root_(root), filters_(filters), stop_(stop), visit_(visit) {}

  void run() {
    base::Fd fd = open_beneath(root_, "", O_RDONLY | O_DIRECTORY);
    if (!fd) throw base::errno_error("open the directory to send", errno);
    enter(std::move(fd), {}, std::vector<PathFilter::Directory>(filters_.size()), true);
    while (!frames_.empty()) {
      if (stop_.stop_requested()) throw base::Error(base::Kind::cancelled, "stopped while reading a directory");
      if (frames_.back().names.empty())
        leave();
      else
        step();
    }
  }

 private:
  /// A directory on the way down.
  struct Frame {
    std::size_t path_size;  ///< of path_, for this directory
    base::Fd fd;            ///< closed while the walk is far below
    NameList names;
    std::vector<PathFilter::Directory> known;
    struct stat status;
    bool told;
  };

  void enter(base::Fd fd, const struct stat& status, std::vector<PathFilter::Directory> known, bool told) {
    NameList names = NameList::read(fd.get(), path_);
    frames_.push_back({path_.size(), std::move(fd), std::move(names), std::move(known), status, told});
    if (frames_.size() > max_open) frames_[frames_.size() - 1 - max_open].fd.reset();
  }

  void leave() {
    frames_.pop_back();
    if (!frames_.empty()) path_.resize(frames_.back().path_size);
  }

  /// The directory of frame `i`, opened anew if the walk came back from far below. Empty when it has vanished.
  int directory(std::size_t i) {
    Frame& frame = frames_[i];
    if (!frame.fd) frame.fd = open_beneath(root_, path_.substr(0, frame.path_size), O_RDONLY | O_DIRECTORY);
    if (!frame.fd && !vanished(errno))
      throw base::errno_error("open directory " + base::quoted(path_.substr(0, frame.path_size)), errno);
    return frame.fd.get();
  }

  void step() {
    Frame& frame = frames_.back();
    int here = directory(frames_.size() - 1);
    std::string_view name = frame.names.take();
    if (here < 0) return;
    path_.resize(frame.path_size);
    if (!path_.empty()) path_ += '/';
    path_ += name;

    struct stat status;
    if (::fstatat(here, name.data(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (vanished(errno)) return;
      throw base::errno_error("look at " + base::quoted(path_), errno);
    }
    std::vector<PathFilter::Directory> own(filters_.size());
    PathFilter::Verdict verdict;
    for (std::size_t i = 0; i < filters_.size(); i++) {
      PathFilter::Verdict each = filters_[i]->look(path_, frame.known[i], own[i]);
      verdict.chosen = verdict.chosen && each.chosen;
      verdict.descend = verdict.descend && each.descend;
    }
    if (verdict.chosen) {
      tell_parents();
      tell(here, path_, name.size(), status);
    }
    if (!S_ISDIR(status.st_mode) || !verdict.descend) return;
    base::Fd below(::openat(here, name.data(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!below) {
      bool unwanted = !verdict.chosen && errno == EACCES;
      if (vanished(errno) || unwanted) return;
      throw base::errno_error("open directory " + base::quoted(path_), errno);
    }
    enter(std::move(below), status, std::move(own), verdict.chosen);
  }

  /// Directories that were not chosen themselves, but hold what now is.
  void tell_parents() {
    for (std::size_t i = 1; i < frames_.size(); i++) {
      if (frames_[i].told) continue;
      frames_[i].told = true;
      std::string_view path = std::string_view(path_).substr(0, frames_[i].path_size);
      std::size_t above = frames_[i - 1].path_size;
      int parent = directory(i - 1);
      tell(parent, path, path.size() - above - (above > 0 ? 1 : 0), frames_[i].status);
    }
  }

  void tell(int directory, std::string_view path, std::size_t name_size, const struct stat& status) {
    Entry entry;
    entry.path = path;
    entry.name = path.substr(path.size() - name_size);
    entry.directory = path.substr(0, path.size() == name_size ? 0 : path.size() - name_size - 1);
    entry.status = status;
    if (directory >= 0) {
      if (S_ISLNK(status.st_mode)) entry.target = read_target(directory, std::string(entry.name).c_str());
      entry.attributes = read_attributes(directory, entry.name);
    }
    visit_(entry);
  }

  int root_;
  const std::vector<const PathFilter*>& filters_;
  const std::stop_token& stop_;
  const std::function<void(const Entry&)>& visit_;
  std::string path_;
  std::vector<Frame> frames_;
};

}  // namespace

void walk(int root, const std::vector<const PathFilter*>& filters, const std::stop_token& stop,
          const std::function<void(const Entry&)>& visit) {
  Walker(root, filters, stop, visit).run();
}

}  // namespace buildkit
