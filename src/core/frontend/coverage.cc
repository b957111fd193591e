#include "core/frontend/coverage.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace frontend {
namespace {

constexpr int max_links = 40;
constexpr unsigned set_user_id = 04000, set_group_id = 02000;

/// Follows the links among a path's directories.
class Links {
 public:
  explicit Links(const Account& account) {
    for (const auto& path : account.paths)
      if (path.type == 'l') targets_[path.path] = path.target;
  }

  std::string real(std::string_view path) {
    auto slash = path.rfind('/');
    if (slash == std::string_view::npos || slash == 0) return std::string(path);
    // Paths come sorted: most lie in the directory of the one before.
    if (path.substr(0, slash) != directory_) {
      directory_ = path.substr(0, slash);
      real_ = follow(directory_ + "/");
    }
    return real_ ? *real_ + std::string(path.substr(slash + 1)) : std::string(path);
  }

 private:
  /// `path` ends in '/'; nullopt when it leads round in a circle or out of the tree.
  std::optional<std::string> follow(const std::string& path) const {
    std::string done, rest = path;
    for (int followed = 0; !rest.empty();) {
      auto end = rest.find('/', 1);
      if (end == std::string::npos) return done + rest;
      std::string next = done + rest.substr(0, end);
      rest.erase(0, end);
      auto link = targets_.find(next);
      if (link == targets_.end()) {
        done = std::move(next);
      } else if (++followed > max_links) {
        return std::nullopt;
      } else if (link->second.starts_with('/')) {
        rest = link->second + rest;
        done.clear();
      } else {
        rest = "/" + link->second + rest;
        if (rest.find("/../") != std::string::npos) return std::nullopt;
      }
    }
    return done;
  }

  std::unordered_map<std::string, std::string> targets_;
  std::string directory_;
  std::optional<std::string> real_;
};

class Counter {
 public:
  explicit Counter(bom::Coverage& coverage) : coverage_(coverage) {}
  void add(std::string_view kind, bool changed) {
    auto at = std::find_if(coverage_.kinds.begin(), coverage_.kinds.end(), [&](auto& one) { return one.name == kind; });
    if (at == coverage_.kinds.end()) at = coverage_.kinds.insert(at, {std::string(kind), 0, 0});
    at->paths++;
    coverage_.paths++;
    if (!changed) return;
    at->changed++;
    coverage_.changed++;
  }

 private:
  bom::Coverage& coverage_;
};

/// What a path is that no file of the recipe brought.
std::string_view kind_of(const TreePath& path, const Account& account, bool changed, const PathOwners& owned) {
  if (owned.contains(path.path)) return "package";
  if (path.path.starts_with("/var/lib/dpkg/")) return "package-database";
  if (account.alternatives.contains(path.path) || path.path.starts_with("/etc/alternatives/")) return "alternative";
  return changed ? "generated" : "base";
}

}  // namespace

std::vector<bom::PageDetails::Path> paths_with_owners(const Account& account, const PathOwners& owned,
                                                      const Changes& changes) {
  std::vector<bom::PageDetails::Path> out;
  for (const auto& path : account.paths) {
    bom::PageDetails::Path one{path.path,
                               std::string(kind_of(path, account, changes.changed.contains(path.path), owned)),
                               {},
                               path.type == 'f' ? path.size : 0};
    if (auto by = owned.find(path.path); by != owned.end()) one.by = by->second;
    if (auto by = changes.authors.find(path.path); by != changes.authors.end() && one.kind == "generated")
      one.by.assign(by->second.begin(), by->second.end());
    out.push_back(std::move(one));
  }
  return out;
}

PathOwners owners(const Account& account) {
  Links links(account);
  PathOwners out;
  out.reserve(account.paths.size());
  for (const auto& list : account.lists)
    for (const auto& listed : list.paths) {
      if (listed == "/.") continue;
      const std::string* path = &listed;
      auto diverted = account.diversions.find(listed);
      if (diverted != account.diversions.end() && diverted->second.by != list.package) path = &diverted->second.to;
      auto& names = out[links.real(*path)];
      if (names.empty() || names.back() != list.package) names.push_back(list.package);
    }
  return out;
}

bom::Coverage cover(const Account& account, const PathOwners& owned, const Changes& changes,
                    const std::vector<TreePath>& declared) {
  bom::Coverage out;
  out.observed = changes.observed;
  for (const char* kind : {"package", "package-database", "alternative", "generated", "declared", "base"})
    out.kinds.push_back({kind, 0, 0});
  Counter counter(out);
  Links links(account);
  std::map<std::string_view, const TreePath*> of_recipe;
  for (const auto& path : declared) of_recipe.emplace(path.path, &path);

  auto classify = [&](const TreePath& path) {
    const bool changed = changes.changed.contains(path.path);
    std::string_view kind = kind_of(path, account, changed, owned);
    counter.add(kind, changed);
    if (kind == "base") out.residue.push_back(path.path);
    if (kind != "generated") return;
    auto by = changes.authors.find(path.path);
    out.generated.push_back({path.path, {}});
    if (by != changes.authors.end()) out.generated.back().by.assign(by->second.begin(), by->second.end());
    // Watched, and yet nobody was seen to make it.
    if (changes.observed && out.generated.back().by.empty()) out.unexplained.push_back(path.path);
  };
  for (const auto& path : account.paths) {
    // A directory that was there before stays what it was.
    bool replaced = of_recipe.contains(path.path) && path.type != 'd';
    if (!replaced) classify(path);
    if (!replaced && path.type == 'f' && (path.mode & (set_user_id | set_group_id))) out.set_id.push_back(path.path);
    if (path.type == 'd') of_recipe.erase(path.path);
  }
  for (const auto& [path, entry] : of_recipe) {
    counter.add("declared", true);
    if (entry->type == 'f' && (entry->mode & (set_user_id | set_group_id))) out.set_id.emplace_back(path);
  }
  std::sort(out.set_id.begin(), out.set_id.end());

  // Files that the base was made without (documentation, mostly) have a sum and no bytes.
  std::uint64_t missing = 0;
  for (const auto& listed : account.wrong) {
    std::string path = links.real(listed);
    auto there = std::lower_bound(account.paths.begin(), account.paths.end(), path,
                                  [](const TreePath& one, const std::string& wanted) { return one.path < wanted; });
    if (there != account.paths.end() && there->path == path)
      out.altered.push_back(path);
    else
      missing++;
  }
  out.verified = account.sums - std::min<std::uint64_t>(account.sums, out.altered.size() + missing);
  return out;
}

}  // namespace frontend
