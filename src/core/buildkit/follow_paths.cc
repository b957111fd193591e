#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>

#include "core/base/clean_path.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/buildkit/beneath.h"
#include "core/buildkit/file_sync.h"
#include "core/buildkit/name_list.h"

namespace buildkit {
namespace {

/// Follows symlinks in paths that are relative to a directory, none of them out of it: ".." ends at the root, absolute
/// targets start there.
class Follower {
 public:
  explicit Follower(int root) : root_(root) {}

  std::vector<std::string> run(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) pending_.push_back(inside(path));
    // Each turn resolves one path up to its first symlink; a cycle comes by a known path and ends there.
    constexpr int max_turns = 100'000;
    for (int turn = 0; !pending_.empty(); turn++) {
      if (turn == max_turns)
        throw base::Error(base::Kind::invalid, "the symbolic links in a local directory lead nowhere")
            .fix("look for links that grow with each step, like 'a -> a/b'");
      std::string path = std::move(pending_.back());
      pending_.pop_back();
      resolve(path);
    }
    return result();
  }

 private:
  static std::string inside(std::string_view path) {
    std::string clean = base::clean_path("/" + std::string(path));
    return clean.substr(1);
  }

  void resolve(const std::string& path) {
    if (path.size() > PATH_MAX) return;
    for (std::size_t slash = path.find('/');; slash = path.find('/', slash + 1)) {
      std::string current = path.substr(0, slash);
      std::string rest = slash == std::string::npos ? "" : path.substr(slash + 1);
      std::vector<std::string> targets = links_at(current);
      bool last = slash == std::string::npos;
      if (!targets.empty() || last) {
        // A link's own name is wanted too. What follows it may differ from the last time it was met.
        bool known = !found_.insert(current.empty() ? "." : current).second;
        if (known && rest.empty()) return;
        for (const std::string& target : targets) {
          std::string next = inside(target + "/" + rest);
          if (met_.insert(next).second) pending_.push_back(std::move(next));
        }
        return;
      }
    }
  }

  /// Where the symlink at `path` points, or those that its last component, a wildcard, matches.
  std::vector<std::string> links_at(const std::string& path) {
    auto slash = path.rfind('/');
    std::string directory = slash == std::string::npos ? "" : path.substr(0, slash);
    std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    std::vector<std::string> out;
    if (name.empty()) return out;
    base::Fd fd = open_beneath(root_, directory, O_RDONLY | O_DIRECTORY);
    if (!fd) return out;
    auto add = [&](const std::string& each) {
      std::string target(PATH_MAX, '\0');
      ssize_t n = ::readlinkat(fd.get(), each.c_str(), target.data(), target.size());
      if (n <= 0) return;
      target.resize(static_cast<std::size_t>(n));
      out.push_back(inside(target[0] == '/' ? target : directory + "/" + target));
    };
    if (name.find_first_of("*?[") == std::string::npos) {
      add(name);
    } else {
      Patterns pattern({name});
      for (NameList names = NameList::read(fd.get(), directory); !names.empty();) {
        std::string each(names.take());
        if (pattern.match(each)) add(each);
      }
    }
    return out;
  }

  std::vector<std::string> result() const {
    if (found_.contains(".")) return {};
    std::vector<std::string> out;
    for (const std::string& each : found_)  // what lies in a chosen directory is chosen with it
      if (out.empty() || !each.starts_with(out.back() + "/")) out.push_back(each);
    return out;
  }

  int root_;
  std::vector<std::string> pending_;
  std::set<std::string> met_, found_;
};

}  // namespace

std::vector<std::string> follow_paths(int root, const std::vector<std::string>& paths) {
  return Follower(root).run(paths);
}

}  // namespace buildkit
