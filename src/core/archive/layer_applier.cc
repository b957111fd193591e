#include "core/archive/layer_applier.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

#include "core/archive/attributes.h"
#include "core/archive/created_set.h"
#include "core/archive/directory_cache.h"
#include "core/archive/entry_name.h"
#include "core/archive/remove_tree.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace archive {
namespace {

base::Error corrupt(const std::string& text) { return base::Error(base::Kind::corrupt, text); }

class Applier {
 public:
  Applier(TarReader& tar, int root, const ApplyOptions& options)
      : tar_(tar),
        options_(options),
        attributes_(options, result_.skipped),
        directories_(root, [this](ino_t inside, int fd, std::string_view name) { made_parent(inside, fd, name); }) {}

  ApplyResult run() {
    while (auto entry = tar_.next()) {
      entry_ = &*entry;
      contents_read_ = false;
      try {
        apply();
      } catch (base::Error& error) {
        // The reader says where by itself.
        if (!contents_read_)
          error.note("while applying tar entry " + base::quoted(entry->name) + " at byte " +
                     std::to_string(entry->offset));
        throw;
      }
    }
    directories_.flush();
    tar_.drain();
    result_.entries = tar_.entries();
    return std::move(result_);
  }

 private:
  void apply() {
    const Entry& entry = *entry_;
    name_ = parse_entry_name(entry.name, "name");
    if (name_.is_root()) {
      if (entry.type != EntryType::directory)
        throw corrupt("the root itself is given as a " + std::string(name_of(entry.type)));
      apply_directory(*directories_.get(""), false);
      return;
    }
    switch (whiteout_of(name_)) {
      case Whiteout::none:
        break;
      case Whiteout::ignored:
        return;
      case Whiteout::file:
      case Whiteout::opaque:
        hide();
        return;
    }
    std::shared_ptr<OpenDirectory> link_parent;
    EntryName link;
    if (entry.type == EntryType::hardlink) {
      link = parse_entry_name(entry.link_name, "link target");
      link_parent = link.is_root() ? nullptr : directories_.get(link.parent);
      if (!link_parent) throw no_target();
    }
    parent_ = directories_.get_or_make(name_.parent);
    parent_->touch();
    switch (entry.type) {
      case EntryType::file:
        make_file();
        break;
      case EntryType::directory:
        make_directory();
        break;
      case EntryType::hardlink:
        make_link(*link_parent, link.name);
        break;
      case EntryType::symlink:
      case EntryType::fifo:
      case EntryType::character_device:
      case EntryType::block_device:
        make_special();
        break;
    }
    if (options_.over_lower_layers) created_.add(parent_->inode(), name_.name);
  }

  /// A whiteout: what lower layers have there goes, what this layer has brought stays.
  void hide() {
    if (!options_.over_lower_layers) return;
    std::shared_ptr<OpenDirectory> parent;
    try {
      parent = directories_.get(name_.parent);
    } catch (const base::Error& error) {
      if (error.kind() != base::Kind::corrupt) throw;
      return;  // below a file, or a link that leads nowhere: nothing there to hide
    }
    if (!parent) return;
    parent->touch();
    directories_.forget_paths();
    auto keep = [this](ino_t directory, std::string_view name) { return created_.contains(directory, name); };
    if (whiteout_of(name_) == Whiteout::opaque)
      remove_contents_unless(parent->fd(), keep);
    else
      remove_unless(parent->fd(), std::string(hidden_name(name_)), keep);
  }

  void make_file() {
    const Entry& entry = *entry_;
    base::Fd fd(make([&] {
      return ::openat(parent_->fd(), name_.name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                      attributes_.initial_mode(entry));
    }));
    write_contents(fd.get());
    attributes_.finish_file(fd.get(), entry, parent_->gives_group());
  }

  void write_contents(int fd) {
    const Entry& entry = *entry_;
    for (;;) {
      contents_read_ = true;
      auto piece = tar_.body();
      contents_read_ = false;
      if (piece.data.empty()) break;
      result_.bytes += piece.data.size();
      auto left = piece.data;
      while (!left.empty()) {
        ssize_t n = entry.sparse ? ::pwrite(fd, left.data(), left.size(),
                                            static_cast<off_t>(piece.offset + (piece.data.size() - left.size())))
                                 : ::write(fd, left.data(), left.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw os_error("write");
        left = left.subspan(static_cast<std::size_t>(n));
      }
    }
    if (entry.sparse && ::ftruncate(fd, static_cast<off_t>(entry.size)) != 0) throw os_error("set the size of");
  }

  void make_directory() {
    bool fresh = ::mkdirat(parent_->fd(), name_.name.c_str(), 0700) == 0;
    if (!fresh && errno != EEXIST) throw os_error("create the directory");
    if (!fresh && !S_ISDIR(existing().st_mode)) {
      fresh = true;
      make([&] { return ::mkdirat(parent_->fd(), name_.name.c_str(), 0700); });
    }
    apply_directory(*directories_.enter(*parent_, name_.name, name_.path()), fresh);
  }

  void apply_directory(OpenDirectory& directory, bool fresh) {
    attributes_.set_directory(directory.fd(), *entry_, fresh);
    directory.set_gives_group(entry_->mode & S_ISGID);
    directory.set_mtime(entry_->mtime);
  }

  void make_link(const OpenDirectory& target_parent, const std::string& target) {
    auto link = [&] { return ::linkat(target_parent.fd(), target.c_str(), parent_->fd(), name_.name.c_str(), 0); };
    if (link() == 0) return;
    if (errno == EEXIST) {
      struct stat status;
      if (::fstatat(target_parent.fd(), target.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) throw no_target();
      auto there = existing();
      if (there.st_ino == status.st_ino && there.st_dev == status.st_dev) return;  // linked already, or to itself
      clear();
      if (link() == 0) return;
    }
    if (errno == ENOENT || errno == ENOTDIR) throw no_target();
    if (errno == EPERM && target_is_directory(target_parent, target))
      throw corrupt("hard link target " + base::quoted(entry_->link_name) + " is a directory");
    throw os_error("link");
  }

  void make_special() {
    const Entry& entry = *entry_;
    const char* name = name_.name.c_str();
    bool device = entry.type == EntryType::character_device || entry.type == EntryType::block_device;
    auto attempt = [&] {
      if (entry.type == EntryType::symlink) return ::symlinkat(entry.link_name.c_str(), parent_->fd(), name);
      if (entry.type == EntryType::fifo) return ::mkfifoat(parent_->fd(), name, 0600);
      mode_t type = entry.type == EntryType::character_device ? S_IFCHR : S_IFBLK;
      return ::mknodat(parent_->fd(), name, type | 0600, makedev(entry.device_major, entry.device_minor));
    };
    int made = attempt();
    if (made != 0 && errno == EEXIST) {
      clear();
      made = attempt();
    }
    if (made != 0 && device && errno == EPERM) {
      skip(result_.skipped, result_.skipped.devices, "device " + base::quoted(entry.name));
      return;
    }
    if (made != 0) throw os_error("create");
    attributes_.finish_special(parent_->fd(), name_.name, entry, parent_->gives_group());
  }

  /// Runs `attempt`; if something has the name already, that goes and `attempt` runs again.
  template <class Attempt>
  int make(Attempt attempt) {
    int out = attempt();
    if (out < 0 && errno == EEXIST) {
      clear();
      out = attempt();
    }
    if (out < 0) throw os_error("create");
    return out;
  }

  /// Removes what has the entry's name.
  void clear() {
    auto status = existing();
    if (S_ISDIR(status.st_mode) || S_ISLNK(status.st_mode)) directories_.forget_paths();
    remove_tree(parent_->fd(), name_.name);
  }

  struct stat existing() const {
    struct stat out;
    if (::fstatat(parent_->fd(), name_.name.c_str(), &out, AT_SYMLINK_NOFOLLOW) != 0) throw os_error("look at");
    return out;
  }

  static bool target_is_directory(const OpenDirectory& parent, const std::string& name) {
    struct stat status;
    return ::fstatat(parent.fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
  }

  /// A directory that no entry described, on the way to one that needs it: root's, mode 0755, as old as the entry, so
  /// that nothing changes from one run to the next.
  void made_parent(ino_t inside, int fd, std::string_view name) {
    Entry entry;
    entry.name = name;
    entry.mode = 0755;
    entry.mtime = entry_->mtime;
    attributes_.set_directory(fd, entry, true);
    timespec time{entry.mtime.seconds, static_cast<long>(entry.mtime.nanoseconds)};
    timespec times[] = {time, time};
    if (::futimens(fd, times) != 0) throw os_error("set the time of a parent of");
    if (options_.over_lower_layers) created_.add(inside, name);
  }

  base::Error no_target() const {
    return corrupt("hard link target " + base::quoted(entry_->link_name) + " is not in the tree");
  }

  base::Error os_error(const std::string& doing) const {
    return base::errno_error(doing + " " + base::quoted(entry_->name), errno);
  }

  TarReader& tar_;
  const ApplyOptions& options_;
  ApplyResult result_;
  Attributes attributes_;
  DirectoryCache directories_;
  CreatedSet created_;

  const Entry* entry_ = nullptr;  // the current one
  EntryName name_;
  std::shared_ptr<OpenDirectory> parent_;
  bool contents_read_ = false;
};

}  // namespace

ApplyResult apply_layer(PieceSource& tar, int root, const ApplyOptions& options) {
  return base::within("applying layer " + base::quoted(options.layer), [&] {
    TarReader reader(tar, options.limits);
    return Applier(reader, root, options).run();
  });
}

}  // namespace archive
