#include "core/deb/in_release.h"

#include <array>
#include <cstdio>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/deb/archive_path.h"
#include "core/deb/deb822.h"
#include "core/deb/hash.h"
#include "core/deb/scan.h"

namespace deb {
namespace {

constexpr std::string_view what = "InRelease";
constexpr std::string_view begin_message = "-----BEGIN PGP SIGNED MESSAGE-----";
constexpr std::string_view begin_signature = "-----BEGIN PGP SIGNATURE-----";
constexpr std::string_view end_signature = "-----END PGP SIGNATURE-----";
constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

base::Error armour(const std::string& why) {
  return base::Error(base::Kind::invalid, "InRelease is no clear-signed message: " + why);
}

/// The signed text (RFC 4880, section 7); lines of the armour become empty ones, so that line numbers hold.
std::string signed_text(std::string_view text) {
  std::string out;
  enum { before, headers, body, signature, after } part = before;
  for (std::string_view line : base::split(text, '\n')) {
    std::string_view bare = base::trim(line);
    switch (part) {
      case before:
        if (bare == begin_message)
          part = headers;
        else if (!bare.empty())
          throw armour("text before it: " + base::quoted(bare, 60));
        break;
      case headers:
        if (bare.empty()) part = body;
        break;
      case body:
        if (bare == begin_signature) {
          part = signature;
        } else {
          out += line.starts_with("- ") ? line.substr(2) : line;
        }
        break;
      case signature:
        if (bare == end_signature) part = after;
        break;
      case after:
        if (!bare.empty()) throw armour("text after it: " + base::quoted(bare, 60));
        break;
    }
    out += '\n';
  }
  if (part != after) throw armour("it ends early");
  return out;
}

std::vector<std::string> word_list(std::string_view value) {
  auto list = words(value);
  return {list.begin(), list.end()};
}

IndexFile read_index_file(std::string_view line) {
  auto parts = words(line);
  IndexFile file;
  if (parts.size() != 3 || !valid_hash("sha256", parts[0]) || !to_number(parts[1], file.size))
    throw base::Error(base::Kind::invalid, "entry " + base::quoted(line) + " of the SHA256 list is not HASH SIZE PATH");
  check_archive_path(parts[2]);
  file.sha256 = parts[0];
  file.path = parts[2];
  return file;
}

std::chrono::sys_seconds read_date(const Stanza& stanza, std::string_view field) {
  const std::string& text = stanza.required(field, what);
  auto date = parse_release_date(text);
  if (!date) throw problem(what, stanza.line(), std::string(field) + " " + base::quoted(text, 60) + " is no date");
  return *date;
}

}  // namespace

const IndexFile* InRelease::find(std::string_view path) const {
  for (const IndexFile& file : files)
    if (file.path == path) return &file;
  return nullptr;
}

InRelease parse_in_release(std::string_view text) {
  std::string message = base::trim(text).starts_with("-----") ? signed_text(text) : std::string(text);
  StanzaReader reader(message, std::string(what));
  Stanza stanza;
  if (!reader.next(stanza)) throw base::Error(base::Kind::invalid, "InRelease is empty");
  InRelease release;
  release.origin = stanza.get("Origin");
  release.label = stanza.get("Label");
  release.suite = stanza.get("Suite");
  release.codename = stanza.get("Codename");
  release.version = stanza.get("Version");
  release.date = read_date(stanza, "Date");
  if (stanza.find("Valid-Until")) release.valid_until = read_date(stanza, "Valid-Until");
  release.acquire_by_hash = base::lower(stanza.get("Acquire-By-Hash")) == "yes";
  release.components = word_list(stanza.get("Components"));
  release.architectures = word_list(stanza.get("Architectures"));
  base::within("reading InRelease", [&] {
    for (std::string_view line : value_lines(stanza.get("SHA256"))) release.files.push_back(read_index_file(line));
  });
  if (Stanza second; reader.next(second))
    throw problem(what, second.line(), "a second paragraph, where a Release file has one");
  return release;
}

std::optional<std::chrono::sys_seconds> parse_release_date(std::string_view text) {
  using namespace std::chrono;
  auto parts = words(text);
  // "Sat," DAY MONTH YEAR TIME ZONE
  if (parts.size() != 6 || !parts[0].ends_with(',')) return std::nullopt;
  if (parts[5] != "UTC" && parts[5] != "GMT" && parts[5] != "+0000" && parts[5] != "Z") return std::nullopt;
  unsigned day_number = 0;
  int year_number = 0;
  if (!to_number(parts[1], day_number) || !to_number(parts[3], year_number)) return std::nullopt;
  if (year_number < 1970 || year_number > 9999) return std::nullopt;
  unsigned month_number = 1;
  while (month_number <= 12 && parts[2] != months[month_number - 1]) month_number++;
  year_month_day date{year(year_number), month(month_number), day(day_number)};
  auto clock = base::split(parts[4], ':');
  std::array<unsigned, 3> time{};
  if (clock.size() != 3 || !date.ok()) return std::nullopt;
  for (std::size_t i = 0; i < 3; i++)
    if (!to_number(clock[i], time[i])) return std::nullopt;
  if (time[0] > 23 || time[1] > 59 || time[2] > 60) return std::nullopt;
  return sys_days(date) + hours(time[0]) + minutes(time[1]) + seconds(time[2]);
}

std::string to_rfc3339(std::chrono::sys_seconds time) {
  using namespace std::chrono;
  auto midnight = floor<days>(time);
  year_month_day date(midnight);
  hh_mm_ss clock(time - midnight);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

}  // namespace deb
