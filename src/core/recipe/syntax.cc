#include "core/recipe/syntax.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/base/digest.h"
#include "core/base/text.h"

namespace recipe::syntax {
namespace {

base::Error invalid(std::string_view text, std::string_view problem) {
  return base::Error(base::Kind::invalid, base::quoted(text) + " " + std::string(problem));
}

constexpr std::string_view digits = "0123456789";

bool only(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

template <class Number>
std::optional<Number> number(std::string_view text, int base = 10) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A number with its unit, at the start of `text`, which moves past both: "1.5h" → 1.5, "h".
struct Measure {
  double value;
  std::string_view unit;
};
std::optional<Measure> measure(std::string_view& text) {
  const std::size_t length = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view amount = text.substr(0, length);
  if (!only(amount, "0123456789.") || amount.size() > 20 || std::count(amount.begin(), amount.end(), '.') > 1 ||
      amount.starts_with('.') || amount.ends_with('.')) {
    return std::nullopt;
  }
  text.remove_prefix(length);
  while (text.starts_with(' ')) text.remove_prefix(1);
  const std::string_view unit = text.substr(0, std::min(text.find_first_of("0123456789. "), text.size()));
  text.remove_prefix(unit.size());
  double value = 0;
  std::from_chars(amount.data(), amount.data() + amount.size(), value);
  return Measure{value, unit};
}

}  // namespace

std::uint32_t file_mode(std::string_view text) {
  const auto mode = number<std::uint32_t>(text, 8);
  if (!mode || text.size() < 3 || text.size() > 5 || *mode > 07777) {
    throw invalid(text, "is no mode").fix("write the permissions in octal, as \"0755\"");
  }
  return *mode;
}

Owner owner(std::string_view text) {
  const std::vector<std::string_view> names = base::split(text, ':');
  for (const std::string_view name : names) {
    if (names.size() > 2 || name.empty() || name.find_first_of(" \t/,") != std::string_view::npos) {
      throw invalid(text, "names no user").fix("write user, user:group or numbers, as \"1000:1000\"");
    }
  }
  return Owner{std::string(names[0]), names.size() == 2 ? std::string(names[1]) : ""};
}

std::string exposed_port(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string protocol = slash == std::string_view::npos ? "tcp" : std::string(text.substr(slash + 1));
  const auto port = number<unsigned>(text.substr(0, slash));
  if (!port || *port < 1 || *port > 65535 || (protocol != "tcp" && protocol != "udp" && protocol != "sctp")) {
    throw invalid(text, "is no port").fix("write a number from 1 to 65535, and /udp or /sctp where it is not tcp");
  }
  return std::to_string(*port) + "/" + protocol;
}

std::string stop_signal(std::string_view text) {
  // signal(7), Linux; those that one stops a program with come first, for near misses.
  static constexpr std::array<std::string_view, 33> names = {
      "TERM", "INT", "QUIT", "KILL", "HUP",    "USR1",   "USR2", "WINCH", "ILL",  "TRAP",  "ABRT",
      "BUS",  "FPE", "SEGV", "PIPE", "ALRM",   "STKFLT", "CHLD", "CONT",  "STOP", "TSTP",  "TTIN",
      "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",   "IO",   "PWR",   "SYS",  "RTMIN", "RTMAX"};
  if (only(text, digits)) {
    const auto signal = number<unsigned>(text);
    if (signal && *signal >= 1 && *signal <= 64) return std::to_string(*signal);
    throw invalid(text, "is no signal").fix("signals have the numbers from 1 to 64");
  }
  const std::string_view name = text.starts_with("SIG") ? text.substr(3) : text;
  if (std::find(names.begin(), names.end(), name) != names.end()) return "SIG" + std::string(name);
  const bool counted = name.starts_with("RTMIN+") || name.starts_with("RTMAX-");
  const auto offset = counted ? number<unsigned>(name.substr(6)) : std::nullopt;
  if (offset && *offset <= 30) return "SIG" + std::string(name.substr(0, 6)) + std::to_string(*offset);
  std::vector<std::string> known;
  for (const std::string_view one : names) known.push_back("SIG" + std::string(one));
  const std::string nearest = base::nearest(text, known);
  throw invalid(text, "is no signal")
      .fix(nearest.empty() ? "write a name as SIGTERM, or a number" : "did you mean " + base::quoted(nearest) + "?");
}

std::chrono::nanoseconds duration(std::string_view text) {
  constexpr double year = 366.0 * 24 * 3600 * 1e9;
  double total = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto part = measure(rest);
    const double unit = !part                                      ? 0
                        : part->unit == "ms"                       ? 1e6
                        : part->unit == "us" || part->unit == "µs" ? 1e3
                        : part->unit == "ns"                       ? 1
                        : part->unit == "s"                        ? 1e9
                        : part->unit == "m"                        ? 60e9
                        : part->unit == "h"                        ? 3600e9
                                                                   : 0;
    if (unit == 0) throw invalid(text, "is no duration").fix("write a number and its unit, as 30s or 1m30s");
    total += part->value * unit;
  }
  // Docker refuses what is shorter, and 0 would mean "as in the base".
  if (total < 1e6 || total > year) throw invalid(text, "is out of range").fix("from 1ms to a year");
  return std::chrono::nanoseconds(static_cast<std::int64_t>(total));
}

std::uint64_t byte_size(std::string_view text) {
  struct Unit {
    std::string_view name;
    double bytes;
  };
  static constexpr Unit units[] = {{"", 1},     {"B", 1},         {"kB", 1e3},      {"MB", 1e6},
                                   {"GB", 1e9}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
  std::string_view rest = text;
  const auto part = measure(rest);
  for (const Unit& unit : units) {
    if (!part || !rest.empty() || part->unit != unit.name) continue;
    const double bytes = part->value * unit.bytes;
    if (bytes < 1 || bytes > 1e15) throw invalid(text, "is out of range").fix("from 1 byte to 1000000 GB");
    return static_cast<std::uint64_t>(bytes);
  }
  throw invalid(text, "is no size").fix("write a number and its unit: B, kB, MB, GB, KiB, MiB or GiB");
}

std::string fingerprint(std::string_view text) {
  std::string hex;
  for (const char c : text) {
    if (c == ' ') continue;
    hex += c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  if ((hex.size() != 40 && hex.size() != 64) || !only(hex, "0123456789ABCDEF")) {
    throw invalid(text, "is no fingerprint").fix("write all 40 hex digits: shorter ids can be forged");
  }
  return hex;
}

std::string http_uri(std::string_view text) {
  text = base::trim(text);
  const std::size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  if (scheme == 0) throw invalid(text, "is no http or https URI");
  const std::string_view rest = text.substr(scheme);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.empty() || authority.starts_with(':')) throw invalid(text, "has no host");
  if (text.find_first_of(" \t\"<>\\") != std::string_view::npos) {
    throw invalid(text, "has a character that a URI cannot have").fix("percent-encode it, a blank as %20");
  }
  if (authority.find('@') != std::string_view::npos) {
    throw invalid(text, "has a user or password in it").fix("they would end up in the bill of materials");
  }
  return std::string(text);
}

std::string sha256_digest(std::string_view text) {
  if (!base::Digest::valid(text) || !text.starts_with("sha256:")) {
    throw invalid(text, "is no digest").fix("write sha256: and 64 hex digits in lower case");
  }
  return std::string(text);
}

}  // namespace recipe::syntax
