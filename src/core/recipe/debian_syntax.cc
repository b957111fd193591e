#include <array>
#include <chrono>
#include <cstdio>

#include "core/base/text.h"
#include "core/recipe/syntax.h"

namespace recipe::syntax {
namespace {

base::Error invalid(std::string_view text, std::string_view problem) {
  return base::Error(base::Kind::invalid, base::quoted(text) + " " + std::string(problem));
}

constexpr std::string_view lower_alphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789";

/// The words of `text`; what stands in brackets is one word.
std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> words;
  bool inside = false, fresh = true;
  for (const char c : text) {
    if (c == ' ' || c == '\t') {
      fresh = true;
      continue;
    }
    if (c == '[' && !inside && fresh) {
      inside = true;
      words.emplace_back();
    } else if (fresh) {
      if (!inside) words.emplace_back();
      if (inside && words.back().size() > 1 && c != ']') words.back() += ' ';
    }
    fresh = false;
    words.back() += c;
    if (c == ']' && inside) {
      inside = false;
      fresh = true;
    }
  }
  if (inside) throw invalid(text, "has a '[' without its ']'");
  return words;
}

/// Options of sources.list(5) that switch checks off.
void check_option(std::string_view option, std::string_view line) {
  static constexpr std::array<std::string_view, 4> insecure = {"trusted", "allow-insecure", "allow-weak",
                                                               "allow-downgrade-to-insecure"};
  const std::size_t equals = option.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw invalid(line, "has the option " + base::quoted(option) + " without a value").fix("write [name=value]");
  }
  const std::string name = base::lower(option.substr(0, equals));
  const std::string value = base::lower(option.substr(equals + 1));
  for (const std::string_view one : insecure) {
    const bool off = value == "no" || value == "false" || value == "0" || value == "off" || value == "without";
    if (name == one && !off) {
      throw base::Error(base::Kind::denied, "the option " + base::quoted(option) + " switches the signature check off")
          .fix("add the repository's key to the block: key \"name\" { uri = \"…\" }");
    }
  }
}

}  // namespace

std::string package_name(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const bool bad_architecture =
      colon != std::string_view::npos &&
      (colon + 1 == text.size() ||
       text.substr(colon + 1).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string_view::npos);
  const std::size_t odd = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+.-");
  if (name.size() < 2 || name.size() > 256 || bad_architecture || odd != std::string_view::npos ||
      lower_alphanumeric.find(name.front()) == std::string_view::npos || name.ends_with('-')) {
    auto error = invalid(text, "cannot be the name of a Debian package");
    if (odd != std::string_view::npos && name[odd] == '=') {
      error.fix("give the version inside the block: version = \"" + base::printable(text.substr(odd + 1)) + "\"");
    } else {
      error.fix("lower-case letters, digits, '+', '.' and '-', at least two; \":arch\" may follow");
    }
    throw error;
  }
  return std::string(text);
}

std::string package_version(std::string_view text) {
  if (text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+-~:") !=
      std::string_view::npos) {
    throw invalid(text, "cannot be a Debian version").fix("letters, digits, '.', '+', '-', '~' and ':'");
  }
  return std::string(text);
}

std::string repository_line(std::string_view text) {
  std::vector<std::string> parts = words(text);
  if (parts.empty() || (parts[0] != "deb" && parts[0] != "deb-src")) {
    throw invalid(parts.empty() ? text : parts[0], "is no type of repository")
        .fix("write deb URI SUITE COMPONENT… or deb-src URI SUITE COMPONENT…");
  }
  std::size_t next = 1;
  if (next < parts.size() && parts[next].starts_with('[')) {
    const std::string options = parts[next].substr(1, parts[next].size() - 2);
    for (const std::string_view option : base::split(options, ' ')) {
      if (!option.empty()) check_option(option, text);
    }
    ++next;
  }
  if (next == parts.size()) throw invalid(text, "has no URI");
  http_uri(parts[next]);
  if (++next == parts.size()) throw invalid(text, "has no suite").fix("write deb URI SUITE COMPONENT…");
  const bool flat = parts[next].ends_with('/');
  if (++next == parts.size() && !flat) {
    throw invalid(text, "has no component")
        .fix("add one, as main, or end the suite with '/' if the repository is flat");
  }
  if (next != parts.size() && flat) {
    throw invalid(text, "has a component, but its suite ends with '/'").fix("take one of them away");
  }
  return base::join(parts, " ");
}

std::string snapshot_time(std::string_view text) {
  const std::string whole = text.size() == 8 ? std::string(text) + "T000000Z" : std::string(text);
  auto field = [&](std::size_t begin, std::size_t length) {
    int value = 0;
    for (const char c : whole.substr(begin, length)) value = c < '0' || c > '9' ? -10000 : value * 10 + (c - '0');
    return value;
  };
  const bool shaped = whole.size() == 16 && whole[8] == 'T' && whole[15] == 'Z';
  if (shaped) {
    const std::chrono::year_month_day day{std::chrono::year(field(0, 4)), std::chrono::month(field(4, 2)),
                                          std::chrono::day(field(6, 2))};
    const int hour = field(9, 2), minute = field(11, 2), second = field(13, 2);
    const bool real = field(0, 4) >= 2005 && field(4, 2) >= 1 && field(6, 2) >= 1 && day.ok();
    if (real && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60) return whole;
  }
  throw invalid(text, "is no moment of the archive").fix("write YYYYMMDD or YYYYMMDDTHHMMSSZ, from 2005 on");
}

}  // namespace recipe::syntax
