#include "core/archive/attributes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"

namespace archive {
namespace {

constexpr std::size_t max_examples = 10;

/// Read from /proc because umask(2) can only be read by changing it, for all threads.
mode_t current_umask() {
  try {
    std::string status = base::read_file("/proc/self/status", 64 * 1024);
    auto at = status.find("\nUmask:");
    if (at != std::string::npos) return static_cast<mode_t>(std::strtoul(status.c_str() + at + 7, nullptr, 8)) & 0777;
  } catch (const base::Error&) {
  }
  return 0777;  // not known: every mode is set explicitly
}

std::array<timespec, 2> times_of(const Entry& entry) {
  timespec time{entry.mtime.seconds, static_cast<long>(entry.mtime.nanoseconds)};
  return {time, time};
}

/// What must not come from a layer: labels of the host's policy, and overlayfs's own, which would make a tree that is
/// later mounted as a lower directory point elsewhere.
bool is_for_the_host(std::string_view xattr) {
  return xattr == "security.selinux" || xattr == "system.nfs4_acl" || xattr.starts_with("trusted.overlay.") ||
         xattr.starts_with("user.overlay.");
}

std::uint32_t mapped(const std::vector<IdRange>& ranges, std::uint32_t id, std::string_view what) {
  if (ranges.empty()) return id;
  for (const auto& range : ranges)
    if (id >= range.first_inside && id - range.first_inside < range.count)
      return range.first_outside + (id - range.first_inside);
  throw base::Error(base::Kind::invalid,
                    std::string(what) + " " + std::to_string(id) + " is in no range of the id map");
}

base::Error attribute_error(const std::string& what, const Entry& entry, int error) {
  return base::errno_error("set the " + what + " of " + base::quoted(entry.name), error);
}

base::Error owner_error(const Entry& entry, std::uint32_t uid, std::uint32_t gid, int error) {
  auto out = attribute_error("owner " + std::to_string(uid) + ":" + std::to_string(gid), entry, error);
  if (error == EINVAL) out.fix("the user namespace has no such id: use a larger range of ids, or run privileged");
  return out;
}

}  // namespace

void skip(Skipped& skipped, std::uint64_t& counter, const std::string& what) {
  counter++;
  if (skipped.examples.size() < max_examples) skipped.examples.push_back(what);
}

Attributes::Attributes(const ApplyOptions& options, Skipped& skipped)
    : options_(options),
      skipped_(skipped),
      root_(::geteuid() == 0),
      uid_(::geteuid()),
      gid_(::getegid()),
      umask_(current_umask()) {
  chown_ = options.ownership == Ownership::layer || (options.ownership == Ownership::automatic && root_);
}

Attributes::Owner Attributes::owner_of(const Entry& entry) const {
  return {mapped(options_.uid_map, entry.uid, "uid"), mapped(options_.gid_map, entry.gid, "gid")};
}

bool Attributes::is_own(const Owner& owner) const { return owner.uid == uid_ && owner.gid == gid_; }

mode_t Attributes::directory_mode(const Entry& entry) const { return root_ ? entry.mode : entry.mode | 0700; }

void Attributes::finish_file(int fd, const Entry& entry, bool gives_group) {
  if (chown_) {
    auto owner = owner_of(entry);
    if ((gives_group || !is_own(owner)) && ::fchown(fd, owner.uid, owner.gid) != 0)
      throw owner_error(entry, owner.uid, owner.gid, errno);
  }
  if ((entry.mode & 07000 || entry.mode & umask_) && ::fchmod(fd, entry.mode) != 0)
    throw attribute_error("mode", entry, errno);
  set_xattrs(entry, [&](const char* name, const std::string& value) {
    return ::fsetxattr(fd, name, value.data(), value.size(), 0);
  });
  if (::futimens(fd, times_of(entry).data()) != 0) throw attribute_error("time", entry, errno);
}

void Attributes::set_directory(int fd, const Entry& entry, bool fresh) {
  if (chown_) {
    auto owner = owner_of(entry);
    if (::fchown(fd, owner.uid, owner.gid) != 0) throw owner_error(entry, owner.uid, owner.gid, errno);
  }
  if (::fchmod(fd, directory_mode(entry)) != 0) throw attribute_error("mode", entry, errno);
  if (!fresh) remove_old_xattrs(fd, entry);
  set_xattrs(entry, [&](const char* name, const std::string& value) {
    return ::fsetxattr(fd, name, value.data(), value.size(), 0);
  });
}

void Attributes::finish_special(int directory, const std::string& name, const Entry& entry, bool gives_group) {
  if (chown_) {
    auto owner = owner_of(entry);
    if ((gives_group || !is_own(owner)) &&
        ::fchownat(directory, name.c_str(), owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) != 0)
      throw owner_error(entry, owner.uid, owner.gid, errno);
  }
  if (entry.type != EntryType::symlink && ::fchmodat(directory, name.c_str(), entry.mode, 0) != 0)
    throw attribute_error("mode", entry, errno);
  // There is no lsetxattrat(2) before Linux 6.13, and no descriptor for a link that takes attributes.
  std::string path = "/proc/self/fd/" + std::to_string(directory) + "/" + name;
  set_xattrs(entry, [&](const char* xattr, const std::string& value) {
    return ::lsetxattr(path.c_str(), xattr, value.data(), value.size(), 0);
  });
  if (::utimensat(directory, name.c_str(), times_of(entry).data(), AT_SYMLINK_NOFOLLOW) != 0)
    throw attribute_error("time", entry, errno);
}

void Attributes::set_xattrs(const Entry& entry, const std::function<int(const char*, const std::string&)>& set) {
  for (const auto& [name, value] : entry.xattrs) {
    if (is_for_the_host(name)) continue;
    if (set(name.c_str(), value) == 0) continue;
    // Not permitted here (trusted.*, capabilities in some user namespaces, user.* on links), or not by this file
    // system.
    if (errno != EPERM && errno != EACCES && errno != ENOTSUP && errno != ENOENT)
      throw attribute_error("xattr " + base::quoted(name), entry, errno);
    skip(skipped_, skipped_.xattrs, "xattr " + base::quoted(name) + " of " + base::quoted(entry.name));
  }
}

void Attributes::remove_old_xattrs(int fd, const Entry& entry) {
  std::array<char, 64 * 1024> names;  // the kernel's own limit (XATTR_LIST_MAX)
  ssize_t size = ::flistxattr(fd, names.data(), names.size());
  for (ssize_t at = 0; at < size;) {
    std::string name(names.data() + at);
    at += static_cast<ssize_t>(name.size()) + 1;
    // What cannot be removed was not set by a layer either.
    if (!entry.xattrs.contains(name) && !is_for_the_host(name)) ::fremovexattr(fd, name.c_str());
  }
}

}  // namespace archive
