#include "core/bom/diff.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/bom/document.h"
#include "core/deb/version.h"

namespace bom {
namespace {

using Change = Difference::Change;
using Packages = std::map<std::pair<std::string, std::string>, const Package*>;  // by name and architecture

Packages packages_of(const Bill& bill) {
  Packages out;
  for (const Package* package : remaining_base_packages(bill)) out[{package->name, package->architecture}] = package;
  for (const Package& package : bill.changeset.packages) out[{package.name, package.architecture}] = &package;
  return out;
}

/// Two entries of one name that differ in nothing but being "all" on one side are the same package.
const Package* partner(const Packages& packages, const Package& of) {
  auto found = packages.find({of.name, of.architecture});
  if (found != packages.end()) return found->second;
  auto only = packages.lower_bound({of.name, ""});
  if (only == packages.end() || only->first.first != of.name) return nullptr;
  bool one = std::next(only) == packages.end() || std::next(only)->first.first != of.name;
  bool all = only->first.second == "all" || of.architecture == "all";
  return one && all ? only->second : nullptr;
}

std::string shown_name(const Packages& packages, const Package& package) {
  auto first = packages.lower_bound({package.name, ""});
  bool several = std::next(first) != packages.end() && std::next(first)->first.first == package.name;
  return several ? package.name + ":" + package.architecture : package.name;
}

std::string digest_of(const Package& package) { return package.location ? package.location->digest : ""; }

void compare_packages(const Bill& before, const Bill& after, Difference& out) {
  Packages old_ones = packages_of(before), new_ones = packages_of(after);
  for (const auto& [key, package] : new_ones) {
    std::string name = shown_name(new_ones, *package);
    const Package* old = partner(old_ones, *package);
    if (!old) {
      out.added.push_back({name, "", package->version});
      continue;
    }
    auto order = deb::compare_versions(old->version, package->version);
    std::string old_digest = digest_of(*old), new_digest = digest_of(*package);
    if (order < 0) out.upgraded.push_back({name, old->version, package->version});
    if (order > 0) out.downgraded.push_back({name, old->version, package->version});
    if (order == 0 && !old_digest.empty() && !new_digest.empty() && old_digest != new_digest)
      out.replaced.push_back({name, old_digest, new_digest});
    if (old->license != package->license && !old->license.empty() && !package->license.empty())
      out.relicensed.push_back({name, old->license, package->license});
  }
  for (const auto& [key, package] : old_ones)
    if (!partner(new_ones, *package)) out.removed.push_back({shown_name(old_ones, *package), package->version, ""});
}

std::string source_of(const File& file) {
  return file.source ? file.source->repository_uri + " at " + file.source->ref : file.digest;
}

void compare_files(const Bill& before, const Bill& after, Difference& out) {
  std::map<std::string_view, const File*> old_ones;
  for (const File& file : before.changeset.files) old_ones[file.path] = &file;
  for (const File& file : after.changeset.files) {
    auto old = old_ones.find(file.path);
    if (old == old_ones.end()) {
      out.files_added.push_back({file.path, "", source_of(file)});
      continue;
    }
    if (old->second->source != file.source)
      out.files_moved.push_back({file.path, source_of(*old->second), source_of(file)});
    else if (old->second->digest != file.digest)
      out.files_rebuilt.push_back({file.path, old->second->digest, file.digest});
    old_ones.erase(old);
  }
  for (const auto& [path, file] : old_ones) out.files_removed.push_back({std::string(path), source_of(*file), ""});
}

/// As code, whatever is in it.
std::string code(std::string_view text) {
  std::string out = base::printable(text);
  std::replace(out.begin(), out.end(), '\n', ' ');
  std::replace(out.begin(), out.end(), '`', '\'');
  return "`" + out + "`";
}

class Markdown {
 public:
  void section(std::string_view title, const std::vector<Change>& changes) {
    if (changes.empty()) return;
    out += "\n**" + std::string(title) + "**\n\n";
    for (const Change& change : changes) {
      out += "- " + code(change.name);
      if (!change.before.empty()) out += " " + code(change.before);
      if (!change.before.empty() && !change.after.empty()) out += " →";
      if (!change.after.empty()) out += " " + code(change.after);
      out += "\n";
    }
  }
  std::string out;
};

}  // namespace

bool Difference::empty() const { return *this == Difference{}; }

std::string Difference::summary() const {
  std::string out;
  auto add = [&](std::size_t count, std::string_view noun, std::string_view verb) {
    if (count == 0) return;
    out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(noun) + (count == 1 ? " " : "s ") +
           std::string(verb);
  };
  if (!base_after.empty()) out = "base image moved";
  add(added.size(), "package", "added");
  add(upgraded.size(), "package", "upgraded");
  add(downgraded.size(), "package", "downgraded");
  add(replaced.size(), "package", "replaced");
  add(removed.size(), "package", "removed");
  add(relicensed.size(), "licence", "changed");
  add(files_added.size(), "file", "added");
  add(files_moved.size(), "file", "moved");
  add(files_rebuilt.size(), "file", "rebuilt");
  add(files_removed.size(), "file", "removed");
  add(set_id_added.size(), "set-id file", "added");
  return out.empty() ? "nothing" : out;
}

Difference difference(const Bill& before, const Bill& after) {
  Difference out;
  if (before.base_image.canonical_name != after.base_image.canonical_name) {
    out.base_before = before.base_image.canonical_name;
    out.base_after = after.base_image.canonical_name;
  }
  compare_packages(before, after, out);
  compare_files(before, after, out);
  if (before.coverage && after.coverage)
    std::set_difference(after.coverage->set_id.begin(), after.coverage->set_id.end(), before.coverage->set_id.begin(),
                        before.coverage->set_id.end(), std::back_inserter(out.set_id_added));
  return out;
}

std::string to_markdown(const Difference& difference, std::string_view product_name) {
  Markdown text;
  text.out = "## What changed in " + base::printable(product_name) + "\n";
  if (difference.empty()) return text.out + "\nNothing: packages, files and base image are the same.\n";
  text.out += "\nIn short: " + difference.summary() + ".\n";
  if (!difference.base_after.empty())
    text.section("Base image", {{"base", difference.base_before, difference.base_after}});
  text.section("Packages added", difference.added);
  text.section("Packages upgraded", difference.upgraded);
  text.section("Packages downgraded", difference.downgraded);
  text.section("Packages of the same version, built anew", difference.replaced);
  text.section("Packages removed", difference.removed);
  text.section("Licences that changed", difference.relicensed);
  text.section("Files added", difference.files_added);
  text.section("Files from another commit", difference.files_moved);
  text.section("Files from the same commit with other contents", difference.files_rebuilt);
  text.section("Files removed", difference.files_removed);
  std::vector<Change> set_id;
  for (const auto& path : difference.set_id_added) set_id.push_back({path, "", ""});
  text.section("Files that are now set-user-id or set-group-id", set_id);
  return text.out;
}

}  // namespace bom
