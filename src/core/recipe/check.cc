#include "core/recipe/check.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "core/base/text.h"
#include "core/recipe/source_index.h"

namespace recipe {
namespace {

/// What matching patterns may cost: about a second.
constexpr std::uint64_t max_match_steps = 100'000'000;

/// Steps, or tarballs, by the text that files name them with.
using Index = std::unordered_map<std::string_view, std::size_t>;

class Checker {
 public:
  Checker(Recipe& recipe, hcl::Diagnostics& diagnostics) : recipe_(recipe), diagnostics_(diagnostics) {}

  void run() {
    for (const Step& step : recipe_.steps) source_indexes_.emplace(&step.source_files, step.source_files);
    for (const Tarball& tarball : recipe_.tarballs)
      source_indexes_.emplace(&tarball.source_files, tarball.source_files);
    index_sources();
    for (File& file : recipe_.image.files) join_file(file);
    check_destinations();
    check_apt();
    check_unused();
    check_moving_refs();
    if (!diagnostics_.has_errors()) check_policy(recipe_, recipe_.policy, "the recipe's policy", diagnostics_);
  }

 private:
  void index_sources() {
    for (std::size_t i = 0; i < recipe_.steps.size(); ++i) {
      const Step& step = recipe_.steps[i];
      add(steps_, step.name, i, "step", [&](std::size_t first) { return recipe_.steps[first].range; });
    }
    for (std::size_t i = 0; i < recipe_.tarballs.size(); ++i) {
      const Tarball& tarball = recipe_.tarballs[i];
      add(tarballs_, tarball.path, i, "tarball", [&](std::size_t first) { return recipe_.tarballs[first].range; });
    }
  }

  template <class RangeOf>
  void add(Index& index, const Text& name, std::size_t i, std::string_view what, RangeOf&& range_of) {
    if (name.value.empty()) return;
    const auto [first, fresh] = index.emplace(name.value, i);
    if (fresh) return;
    diagnostics_.error(name.range, "a second " + std::string(what) + " " + base::quoted(name.value), "",
                       hcl::Related{range_of(first->second), "the first is here"});
  }

  void join_file(File& file) {
    if (auto* origin = std::get_if<FromStep>(&file.origin)) {
      const auto found = find(origin->step, "step", steps_, "tarball", tarballs_);
      if (!found) return;
      Step& step = recipe_.steps[*found];
      origin->index = *found;
      step.used = true;
      join_source(file, origin->path, step.source_files, step.range, "step", step.name);
    } else if (const auto* package = std::get_if<FromPackage>(&file.origin)) {
      if (recipe_.image.scratch && !package->image) {
        diagnostics_.error(file.origin_range, "'scratch' has no apt that could say what the package is",
                           "name the Debian that it is of, as image = \"debian:bookworm\"",
                           hcl::Related{recipe_.image.base.range, "the base is here"});
      }
    } else if (auto* member = std::get_if<FromTarball>(&file.origin)) {
      const auto found = find(member->tarball, "tarball", tarballs_, "step", steps_);
      if (!found) return;
      Tarball& tarball = recipe_.tarballs[*found];
      member->index = *found;
      tarball.used = true;
      join_source(file, member->path, tarball.source_files, tarball.range, "tarball", tarball.path);
    }
  }

  std::optional<std::size_t> find(const Text& name, std::string what, const Index& index, std::string other_what,
                                  const Index& other) {
    if (name.value.empty()) return std::nullopt;
    if (const auto found = index.find(name.value); found != index.end()) return found->second;
    std::vector<std::string> known;
    for (const auto& [known_name, i] : index) known.emplace_back(known_name);
    std::sort(known.begin(), known.end());
    std::string detail = hcl::suggestion(name.value, known);
    if (detail.empty()) detail = "add " + what + " " + base::quoted(name.value) + " { … } to the file";
    if (other.contains(name.value)) detail = "there is a " + other_what + " of that name: write from_" + other_what;
    diagnostics_.error(name.range, "there is no " + what + " " + base::quoted(name.value), std::move(detail));
    return std::nullopt;
  }

  /// The promise: a file whose source nobody declared is not built.
  void join_source(File& file, const Text& path, const std::vector<SourceFile>& sources, hcl::Range block,
                   const char* what, const Text& name) {
    if (path.value.empty() || steps_taken_ > max_match_steps) return;
    const SourceFile* source = source_indexes_.at(&sources).find(path.value, steps_taken_);
    if (steps_taken_ > max_match_steps) {
      diagnostics_.error(block, "matching the files with the patterns of source_file takes too long",
                         "use fewer patterns, or fewer '*' in one pattern");
    } else if (source) {
      file.provenance = source->vcs;
    } else {
      diagnostics_.error(path.range,
                         "the source of " + base::quoted(path.value) + " in " + what + " " + base::quoted(name.value) +
                             " is not declared",
                         "every file needs a source_file that matches it",
                         hcl::Related{block, "add source_file \"" + path.value +
                                                 "\" { vcs \"git\" { repository = … ref = … } } to this block"});
    }
  }

  /// Sorted so that what lies below a directory follows it, '/' before every other character.
  void check_destinations() {
    std::vector<const File*> files;
    for (const File& file : recipe_.image.files) {
      if (!file.destination.value.empty()) files.push_back(&file);
    }
    std::stable_sort(files.begin(), files.end(), [](const File* a, const File* b) {
      return std::lexicographical_compare(
          a->destination.value.begin(), a->destination.value.end(), b->destination.value.begin(),
          b->destination.value.end(),
          [](unsigned char x, unsigned char y) { return (x == '/' ? 0 : x + 1) < (y == '/' ? 0 : y + 1); });
    });
    std::vector<const File*> above;
    std::vector<std::pair<const File*, const File*>> clashes;
    for (const File* file : files) {
      while (!above.empty() && !same_or_below(file->destination.value, above.back()->destination.value))
        above.pop_back();
      if (!above.empty()) {
        const bool same = above.back()->destination.value == file->destination.value;
        if (same || !above.back()->directory) clashes.emplace_back(file, above.back());
        if (same) continue;
      }
      above.push_back(file);
    }
    std::sort(clashes.begin(), clashes.end(),
              [](const auto& a, const auto& b) { return a.first->range.begin < b.first->range.begin; });
    for (const auto& [file, other] : clashes) report_clash(*file, *other);
  }

  static bool same_or_below(std::string_view path, std::string_view directory) {
    if (directory == "/") return true;
    return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
  }

  void report_clash(const File& file, const File& other) {
    const std::string path = base::quoted(file.destination.value);
    if (file.destination.value == other.destination.value) {
      diagnostics_.error(file.destination.range, "a second file " + path, "",
                         hcl::Related{other.destination.range, "the first is here"});
    } else {
      diagnostics_.error(
          file.destination.range, path + " lies below " + base::quoted(other.destination.value) + ", which is a file",
          "end the other with '/' if it is a directory", hcl::Related{other.destination.range, "the file is here"});
    }
  }

  void check_apt() {
    std::map<std::string_view, const Package*> packages;
    std::map<std::string_view, const Key*> keys;
    for (const Apt& apt : recipe_.image.apt) {
      if (recipe_.image.scratch) {
        diagnostics_.error(apt.range, "'apt' needs a base image with dpkg and apt, 'scratch' has nothing",
                           "take single files out of packages with from_package",
                           hcl::Related{recipe_.image.base.range, "the base is here"});
      }
      check_snapshot(apt);
      for (const Key& key : apt.keys) check_key(key, keys);
      for (const Package& package : apt.packages) check_package(package, packages);
    }
  }

  void check_snapshot(const Apt& apt) {
    const auto marked = std::find_if(apt.repositories.begin(), apt.repositories.end(), [](const Text& line) {
      return line.value.find(snapshot_mark) != std::string::npos;
    });
    const bool any = marked != apt.repositories.end();
    if (apt.snapshot && !any) {
      diagnostics_.error(apt.snapshot->range, "no repository of this block has snapshots",
                         "put @SNAPSHOTID@ into a repository's URI, where the moment stands");
    } else if (any && !apt.snapshot) {
      diagnostics_.error(marked->range, "the block has no snapshot to put in for @SNAPSHOTID@",
                         "add snapshot = \"YYYYMMDDTHHMMSSZ\"");
    }
  }

  void check_key(const Key& key, std::map<std::string_view, const Key*>& keys) {
    if (key.name.value.empty()) return;
    const auto [first, fresh] = keys.emplace(key.name.value, &key);
    if (!fresh) {
      diagnostics_.error(key.name.range, "a second key " + base::quoted(key.name.value), "",
                         hcl::Related{first->second->range, "the first is here"});
    } else if (!key.digest && !key.uri.value.empty()) {
      diagnostics_.warning(key.range,
                           "key " + base::quoted(key.name.value) + " has no digest: what is served is trusted",
                           "add digest = \"sha256:…\"");
    }
  }

  void check_package(const Package& package, std::map<std::string_view, const Package*>& packages) {
    if (package.name.value.empty()) return;
    const auto [found, fresh] = packages.emplace(package.name.value, &package);
    if (fresh) return;
    const Package& first = *found->second;
    const std::string name = "package " + base::quoted(package.name.value);
    const hcl::Related related{first.range, "the first is here"};
    auto version = [](const Package& one) { return one.version ? one.version->value : ""; };
    const bool other_source = package.vcs && first.vcs &&
                              (package.vcs->repository.value != first.vcs->repository.value ||
                               package.vcs->ref.value != first.vcs->ref.value);
    if (package.version && first.version && version(package) != version(first)) {
      diagnostics_.error(package.version->range, name + " is asked for at two versions",
                         "all apt blocks are installed together",
                         hcl::Related{first.version->range, "the other version is here"});
    } else if (other_source) {
      diagnostics_.error(package.vcs->range, name + " has two sources", "",
                         hcl::Related{first.vcs->range, "the other is here"});
    } else {
      diagnostics_.warning(package.range, name + " is named twice", "", related);
    }
  }

  void check_unused() {
    for (const Step& step : recipe_.steps) {
      if (!step.used) warn_unused("step", step.name, step.range);
    }
    for (const Tarball& tarball : recipe_.tarballs) {
      if (!tarball.used) warn_unused("tarball", tarball.path, tarball.range);
    }
  }

  void warn_unused(const std::string& what, const Text& name, hcl::Range range) {
    if (name.value.empty()) return;
    diagnostics_.warning(range, what + " " + base::quoted(name.value) + " is not used",
                         "no file is taken from it with from_" + what);
  }

  void check_moving_refs() {
    for (const Step& step : recipe_.steps) {
      for (const SourceFile& file : step.source_files) check_ref(file.vcs);
    }
    for (const Tarball& tarball : recipe_.tarballs) {
      for (const SourceFile& file : tarball.source_files) check_ref(file.vcs);
    }
    for (const Apt& apt : recipe_.image.apt) {
      for (const Package& package : apt.packages) {
        if (package.vcs) check_ref(*package.vcs);
      }
    }
    for (const File& file : recipe_.image.files) {
      const bool joined =
          std::holds_alternative<FromStep>(file.origin) || std::holds_alternative<FromTarball>(file.origin);
      if (file.provenance && !joined) check_ref(*file.provenance);
    }
  }

  /// Once for each ref of a repository, however many files come from it.
  void check_ref(const Vcs& vcs) {
    if (vcs.ref.value.empty() || vcs.pinned()) return;
    if (!moving_.emplace(vcs.repository.value, vcs.ref.value).second) return;
    diagnostics_.warning(vcs.ref.range,
                         "ref " + base::quoted(vcs.ref.value) + " is no commit: what it names can change",
                         "write the commit's 40 hex digits");
  }

  Recipe& recipe_;
  hcl::Diagnostics& diagnostics_;
  Index steps_, tarballs_;
  std::unordered_map<const std::vector<SourceFile>*, SourceIndex> source_indexes_;
  std::uint64_t steps_taken_ = 0;
  std::set<std::pair<std::string_view, std::string_view>> moving_;
};

}  // namespace

void check(Recipe& recipe, hcl::Diagnostics& diagnostics) { Checker(recipe, diagnostics).run(); }

}  // namespace recipe
