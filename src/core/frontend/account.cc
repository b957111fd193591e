#include "core/frontend/account.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/frontend/apt_scripts.h"
#include "core/frontend/file_digests.h"
#include "core/llb/exec.h"
#include "core/llb/marshal.h"

namespace frontend {
namespace {

constexpr std::uint64_t max_answer_bytes = 512u << 20;

[[noreturn]] void corrupt(std::string_view what) {
  throw base::Error(base::Kind::corrupt, "the account of the image's paths is broken: " + std::string(what));
}

template <class Take>
void each_record(std::string_view text, char separator, Take take) {
  while (!text.empty()) {
    auto end = text.find(separator);
    if (end == std::string_view::npos) corrupt("it ends in the middle of a record");
    if (end > 0 || separator == '\0') take(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
}

/// Takes the next word of `record` and the blank behind it.
std::string_view word(std::string_view& record) {
  auto end = record.find(' ');
  if (end == std::string_view::npos) corrupt("a record is cut: " + base::quoted(record));
  auto out = record.substr(0, end);
  record.remove_prefix(end + 1);
  return out;
}

template <class Number>
Number number(std::string_view digits, int base = 10) {
  Number out{};
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out, base);
  if (error != std::errc() || end != digits.data() + digits.size()) corrupt(base::quoted(digits, 40) + " is no number");
  return out;
}

/// Seconds with ten digits behind the point, as find writes them, so that they compare as text.
std::string_view time_of(std::string_view record) {
  word(record), word(record);
  return word(record);
}

/// Of kernel and engine: there in each step, in no image.
bool not_of_the_image(std::string_view path) {
  for (std::string_view top : {"/proc", "/sys", "/dev"})
    if (path == top || (path.starts_with(top) && path[top.size()] == '/')) return true;
  return path == "/";
}

/// The whole records of a listing by path.
std::unordered_map<std::string_view, std::string_view> by_path(std::string_view listing) {
  std::unordered_map<std::string_view, std::string_view> out;
  each_record(listing, '\0', [&](std::string_view record) {
    std::string_view rest = record;
    for (int i = 0; i < 5; i++) word(rest);
    if (!not_of_the_image(rest)) out.emplace(rest, record.substr(0, record.size() - rest.size()));
  });
  return out;
}

const std::string& file(const std::map<std::string, std::string>& files, const std::string& name) {
  static const std::string none;
  auto found = files.find(name);
  return found == files.end() ? none : found->second;
}

std::map<std::string, std::string> read_files(Gateway& gateway, const Ref& ref,
                                              std::initializer_list<const char*> names) {
  std::map<std::string, std::string> out;
  for (const char* name : names)
    if (auto text = gateway.read_file(ref, "/" + std::string(name), max_answer_bytes)) out[name] = std::move(*text);
  return out;
}

/// "00012-dbus,systemd" → its packages
std::vector<std::string> packages_of_step(std::string_view step) {
  auto dash = step.find('-');
  if (dash == std::string_view::npos) corrupt("a step has no name: " + base::quoted(step));
  std::vector<std::string> out;
  for (auto name : base::split(step.substr(dash + 1), ','))
    if (!name.empty()) out.emplace_back(name);
  return out;
}

/// Each file stands behind a line "\1usr/share/doc/PACKAGE/copyright".
void add_copyrights(Account& account, std::string_view text) {
  while (!text.empty()) {
    if (text[0] != '\1') corrupt("a copyright file has no name");
    auto line = text.substr(0, text.find('\n'));
    auto pieces = base::split(line, '/');
    if (pieces.size() < 2) corrupt("a copyright file has the name " + base::quoted(line));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    auto end = text.starts_with('\1') ? 0 : std::min(text.find("\n\1"), text.size() - 1) + 1;
    account.copyrights[std::string(pieces[pieces.size() - 2])] += text.substr(0, end);
    text.remove_prefix(end);
  }
}

void add_authors(Changes& changes, const std::map<std::string, std::string>& files,
                 const std::unordered_map<std::string_view, std::string_view>& after) {
  std::map<std::string, std::vector<std::string>, std::less<>> steps;  // by the time of their end
  each_record(file(files, "steps"), '\n', [&](std::string_view line) {
    auto time = word(line);
    steps[std::string(time)] = packages_of_step(line);
  });
  for (const auto& path : changes.changed) {
    auto step = steps.lower_bound(time_of(after.at(path)));
    if (step != steps.end()) changes.authors[path].insert(step->second.begin(), step->second.end());
  }
  each_record(file(files, "touched"), '\0', [&](std::string_view record) {
    auto names = packages_of_step(word(record));
    if (changes.changed.contains(std::string(record)))
      changes.authors[std::string(record)].insert(names.begin(), names.end());
  });
}

}  // namespace

Changes parse_changes(const std::map<std::string, std::string>& files) {
  Changes changes;
  auto before = by_path(file(files, "before")), after = by_path(file(files, "after"));
  for (const auto& [path, record] : after) {
    auto old = before.find(path);
    if (old == before.end() || old->second != record) changes.changed.emplace(path);
  }
  for (const auto& [path, record] : before) {
    if (after.contains(path)) continue;
    auto parent = std::string(path.substr(0, path.rfind('/')));
    if (parent.empty() || after.contains(parent)) changes.gone.emplace_back(path);
  }
  std::sort(changes.gone.begin(), changes.gone.end());
  each_record(file(files, "removed"), '\n', [&](std::string_view line) { changes.fresh.emplace_back(line); });
  each_record(file(files, "sha1"), '\n', [&](std::string_view line) {
    auto hash = word(line);
    changes.sha1[std::string(base::trim(line))] = hash;
  });
  changes.observed = files.contains("steps");
  if (changes.observed) add_authors(changes, files, after);
  return changes;
}

Changes read_changes(Gateway& gateway, const llb::Output& report) {
  if (report.is_scratch()) return {};
  Ref ref = gateway.solve({.definition = llb::marshal(report), .evaluate = true}).ref;
  return parse_changes(read_files(gateway, ref, {"before", "after", "removed", "sha1", "steps", "touched"}));
}

Account parse_account(const std::map<std::string, std::string>& files) {
  Account account;
  bool is_target = false;
  each_record(file(files, "paths"), '\0', [&](std::string_view record) {
    if (is_target) {
      account.paths.back().target = record;
    } else {
      auto type = word(record);
      TreePath path;
      path.type = type.empty() ? '?' : type[0];
      path.mode = number<unsigned>(word(record), 8);
      path.size = number<std::uint64_t>(word(record));
      path.path = "/" + std::string(record);
      account.paths.push_back(std::move(path));
    }
    is_target = !is_target;
  });
  std::sort(account.paths.begin(), account.paths.end(),
            [](const TreePath& a, const TreePath& b) { return a.path < b.path; });
  account.lists = deb::parse_file_lists(file(files, "lists"));
  account.diversions = deb::parse_diversions(file(files, "diversions"));
  each_record(file(files, "alternatives"), '\n', [&](std::string_view line) {
    if (line[0] == '/') account.alternatives.emplace(line);
  });
  if (auto count = base::trim(file(files, "sums")); !count.empty()) account.sums = number<std::uint64_t>(count);
  // "usr/bin/x: FAILED", "usr/bin/x: FAILED open or read"
  each_record(file(files, "wrong"), '\n', [&](std::string_view line) {
    if (auto colon = line.rfind(": FAILED"); colon != std::string_view::npos)
      account.wrong.push_back("/" + std::string(line.substr(0, colon)));
  });
  std::sort(account.wrong.begin(), account.wrong.end());
  add_copyrights(account, file(files, "copyright"));
  return account;
}

std::optional<Account> account_for(Gateway& gateway, const llb::Output& tree, const Tools& tools,
                                   const llb::Metadata& vertex) {
  return base::within("accounting for the image's paths", [&]() -> std::optional<Account> {
    if (!has_programs(
            gateway, tools.tree,
            {"/bin/sh", "/usr/bin/find", "/usr/bin/xargs", "/usr/bin/awk", "/usr/bin/md5sum", "/usr/bin/split"}))
      return std::nullopt;
    llb::ExecOptions options;
    options.args = {"/bin/sh", "-c", std::string(account_script)};
    options.env = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
    options.network = llb::Network::none;
    options.platform = tools.platform;
    options.mounts = {llb::tmpfs_mount("/tmp"), llb::bind_mount("/tmp/tree", tree), llb::output_mount("/tmp/out")};
    auto out = llb::exec(tools.tree, options, vertex).output("/tmp/out");
    Ref ref = gateway.solve({.definition = llb::marshal(out), .evaluate = true}).ref;
    return parse_account(
        read_files(gateway, ref, {"paths", "lists", "sums", "wrong", "diversions", "alternatives", "copyright"}));
  });
}

}  // namespace frontend
