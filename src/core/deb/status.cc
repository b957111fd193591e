#include "core/deb/status.h"

#include <algorithm>
#include <tuple>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/deb/hash.h"
#include "core/deb/scan.h"

namespace deb {
namespace {

constexpr std::string_view state_words[] = {"installed",      "unpacked",         "half-configured",
                                            "half-installed", "triggers-awaited", "triggers-pending"};

/// What the "Status:" of a stanza means for us.
enum class Presence { installed, leftovers, absent };

Presence read_state(const Stanza& stanza, std::string_view what, State& state) {
  const std::string& status = stanza.required("Status", what);
  auto parts = words(status);
  if (parts.size() != 3)
    throw problem(what, stanza.line(), "Status " + base::quoted(status, 60) + " is not three words");
  if (parts[2] == "not-installed") return Presence::absent;
  if (parts[2] == "config-files") return Presence::leftovers;
  auto found = std::find(std::begin(state_words), std::end(state_words), parts[2]);
  if (found == std::end(state_words))
    throw problem(what, stanza.line(), base::quoted(parts[2], 60) + " is no package state that dpkg knows");
  state = static_cast<State>(found - std::begin(state_words));
  return Presence::installed;
}

/// A line is PATH MD5 and perhaps words like "obsolete"; the path may hold blanks.
std::vector<Conffile> read_conffiles(const Stanza& stanza) {
  std::vector<Conffile> out;
  for (std::string_view line : value_lines(stanza.get("Conffiles"))) {
    Conffile file;
    for (;;) {
      auto blank = line.rfind(' ');
      std::string_view word = blank == std::string_view::npos ? "" : line.substr(blank + 1);
      if (blank == std::string_view::npos) break;
      line = base::trim(line.substr(0, blank));
      if (word == "obsolete") file.obsolete = true;
      if (valid_hash("md5", word)) file.md5 = word;
      if (word != "obsolete" && word != "remove-on-upgrade") break;
    }
    file.path = line;
    if (file.path.starts_with('/')) out.push_back(std::move(file));
  }
  return out;
}

/// The named field as a plain word, "" when absent and not `wanted`.
std::string read_word(const Stanza& stanza, std::string_view field, std::string_view what, bool wanted) {
  std::string value(stanza.get(field));
  if (value.empty() && wanted)
    throw problem(what, stanza.line(),
                  "package " + base::quoted(stanza.get("Package")) + " has no " + std::string(field));
  if (!value.empty() && !plain_word(value))
    throw problem(what, stanza.line(),
                  std::string(field) + " " + base::quoted(value, 60) + " has blanks or odd characters");
  return value;
}

InstalledPackage read_package(const Stanza& stanza, std::string_view what, State state) {
  InstalledPackage package;
  package.state = state;
  bool whole = state != State::half_installed;
  package.name = read_word(stanza, "Package", what, true);
  package.version = read_word(stanza, "Version", what, whole);
  package.architecture = read_word(stanza, "Architecture", what, whole);
  return base::within("reading " + std::string(what) + " line " + std::to_string(stanza.line()), [&] {
    package.source = source_of(stanza, package.name, package.version);
    package.source_field = source_field(stanza);
    package.built_using = parse_built_using(stanza.get("Built-Using"));
    package.multi_arch_same = base::trim(stanza.get("Multi-Arch")) == "same";
    package.conffiles = read_conffiles(stanza);
    return std::move(package);
  });
}

auto key(const auto& package) { return std::tie(package.name, package.architecture); }

void sort_and_check(PackageDatabase& database, std::string_view what) {
  auto less = [](const auto& a, const auto& b) { return key(a) < key(b); };
  std::sort(database.installed.begin(), database.installed.end(), less);
  std::sort(database.leftovers.begin(), database.leftovers.end(), less);
  auto twice = std::adjacent_find(database.installed.begin(), database.installed.end(),
                                  [](const auto& a, const auto& b) { return key(a) == key(b); });
  if (twice != database.installed.end())
    throw base::Error(base::Kind::invalid, std::string(what) + " has package " + base::quoted(twice->name) +
                                               " of architecture " + base::quoted(twice->architecture) + " twice");
}

void check_count(const PackageDatabase& database, std::string_view what) {
  if (database.installed.size() + database.leftovers.size() > max_packages)
    throw base::Error(base::Kind::invalid,
                      std::string(what) + " has more than " + std::to_string(max_packages) + " packages");
}

}  // namespace

std::string_view to_string(State state) { return state_words[static_cast<std::size_t>(state)]; }

const InstalledPackage* PackageDatabase::find(std::string_view name, std::string_view architecture) const {
  auto at = std::lower_bound(installed.begin(), installed.end(), std::tie(name, architecture),
                             [](const InstalledPackage& package, const auto& wanted) {
                               return std::tuple<std::string_view, std::string_view>(key(package)) < wanted;
                             });
  bool found = at != installed.end() && at->name == name && (architecture.empty() || at->architecture == architecture);
  return found ? &*at : nullptr;
}

PackageDatabase parse_status(std::string_view text) {
  constexpr std::string_view what = "dpkg status";
  PackageDatabase database;
  StanzaReader reader(text, std::string(what));
  for (Stanza stanza; reader.next(stanza);) {
    State state = State::installed;
    switch (read_state(stanza, what, state)) {
      case Presence::installed:
        database.installed.push_back(read_package(stanza, what, state));
        break;
      case Presence::leftovers:
        database.leftovers.push_back({read_word(stanza, "Package", what, true),
                                      read_word(stanza, "Version", what, false),
                                      read_word(stanza, "Architecture", what, false), read_conffiles(stanza)});
        break;
      case Presence::absent:
        break;
    }
    check_count(database, what);
  }
  sort_and_check(database, what);
  return database;
}

PackageDatabase parse_status_d(const std::vector<std::string>& texts) {
  constexpr std::string_view what = "dpkg status.d";
  PackageDatabase database;
  for (const std::string& text : texts) {
    StanzaReader reader(text, std::string(what));
    for (Stanza stanza; reader.next(stanza);) {
      database.installed.push_back(read_package(stanza, what, State::installed));
      check_count(database, what);
    }
  }
  sort_and_check(database, what);
  return database;
}

}  // namespace deb
