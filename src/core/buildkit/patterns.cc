#include "core/buildkit/patterns.h"

#include <re2/re2.h>

#include <algorithm>

#include "core/base/clean_path.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace buildkit {
namespace {

using base::Error;
using base::Kind;

Error bad_pattern(std::string_view pattern, std::string_view problem) {
  return Error(Kind::invalid, "path pattern " + base::quoted(pattern) + " " + std::string(problem))
      .fix("correct it: '*', '?', '[a-z]', '**' and '\\' have a meaning, see the rules of .dockerignore");
}

/// One character of a class "[…]" at the start of `rest`, which it leaves (Go's path.Match). False if there is none.
bool take_class_character(std::string_view& rest) {
  if (rest.empty() || rest[0] == '-' || rest[0] == ']') return false;
  if (rest[0] == '\\') {
    rest.remove_prefix(1);
    if (rest.empty()) return false;
  }
  do rest.remove_prefix(1);
  while (!rest.empty() && (static_cast<unsigned char>(rest[0]) & 0xC0) == 0x80);
  return !rest.empty();
}

/// The syntax of Go's path.Match: classes are closed and not empty, a backslash escapes something.
void check_syntax(std::string_view pattern) {
  for (std::string_view rest = pattern; !rest.empty();) {
    char c = rest[0];
    rest.remove_prefix(1);
    if (c == '\\') {
      if (rest.empty()) throw bad_pattern(pattern, "ends with a backslash that escapes nothing");
      rest.remove_prefix(1);
    } else if (c == '[') {
      if (rest.starts_with('^')) rest.remove_prefix(1);
      for (bool first = true; first || !rest.starts_with(']'); first = false) {
        if (!take_class_character(rest)) throw bad_pattern(pattern, "has a '[' that is not closed, or empty");
        if (!rest.starts_with('-')) continue;
        rest.remove_prefix(1);
        if (!take_class_character(rest)) throw bad_pattern(pattern, "has a range in '[…]' that does not end");
      }
      rest.remove_prefix(1);
    }
  }
}

bool has_wildcards(std::string_view text) { return text.find_first_of("*[]?^\\") != std::string_view::npos; }

/// RE2 and Go see an invalid byte differently; nobody means one by a pattern.
std::string as_utf8(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size();) {
    std::size_t n = 1;
    while (n < 4 && i + n < path.size() && (static_cast<unsigned char>(path[i + n]) & 0xC0) == 0x80) n++;
    std::string_view character = path.substr(i, n);
    out += base::valid_utf8(character) ? character : std::string_view("\xEF\xBF\xBD");
    i += n;
  }
  return out;
}

}  // namespace

Patterns::Patterns(const std::vector<std::string>& patterns) {
  constexpr std::size_t max_bytes = 4096;
  for (const std::string& given : patterns) {
    std::string_view text = base::trim(given);
    if (text.empty()) continue;
    if (text.size() > max_bytes) throw bad_pattern(text, "has more than 4096 bytes");
    std::string clean = base::clean_path(text);
    bool exception = clean[0] == '!';
    if (exception) clean.erase(0, 1);
    if (clean.empty()) throw bad_pattern(text, "is a lone '!'");
    check_syntax(clean);
    Pattern pattern = compile(clean);
    pattern.exception = exception;
    has_exceptions_ |= exception;
    wild_[exception] |= has_wildcards(pattern.fixed);
    patterns_.push_back(std::move(pattern));
  }
}

// Each construct means what upstream's translation makes of it, odd corners included: "a**" is a prefix, "**a" a suffix
// as long as nothing else in the pattern is special, and "[^a]" may match a slash.
Patterns::Pattern Patterns::compile(std::string_view pattern) {
  Pattern out;
  out.fixed = std::string(pattern);
  if (out.fixed.ends_with("/**")) out.fixed.resize(out.fixed.size() - 3);
  if (out.fixed.ends_with("/*")) out.fixed.resize(out.fixed.size() - 2);

  std::string expression = "^";
  for (std::size_t i = 0; i < pattern.size(); i++) {
    char c = pattern[i];
    if (c == '*' && i + 1 < pattern.size() && pattern[i + 1] == '*') {
      bool leading = i == 0;
      i++;
      if (i + 1 < pattern.size() && pattern[i + 1] == '/') i++;
      if (i + 1 == pattern.size()) {
        if (out.way == Way::exact) {
          out.way = Way::prefix;
        } else {
          expression += ".*";
          out.way = Way::expression;
        }
      } else {
        expression += "(.*/)?";
        out.way = Way::expression;
      }
      if (leading) out.way = Way::suffix;
    } else if (c == '*') {
      expression += "[^/]*";
      out.way = Way::expression;
    } else if (c == '?') {
      expression += "[^/]";
      out.way = Way::expression;
    } else if (c == '\\') {
      i++;
      expression += '\\';
      expression += pattern[i];
      out.way = Way::expression;
    } else if (c == '[' || c == ']') {
      expression += c;
      out.way = Way::expression;
    } else {
      if (std::string_view(".+()|{}$").find(c) != std::string_view::npos) expression += '\\';
      expression += c;
    }
  }

  switch (out.way) {
    case Way::exact:
      out.text = std::string(pattern);
      break;
    case Way::prefix:
      out.text = std::string(pattern.substr(0, pattern.size() - 2));
      break;
    case Way::suffix:
      out.text = std::string(pattern.substr(2));
      break;
    case Way::expression: {
      re2::RE2::Options options;
      options.set_log_errors(false);
      options.set_dot_nl(false);
      options.set_max_mem(1 << 20);
      auto compiled = std::make_shared<const re2::RE2>(expression + "$", options);
      if (!compiled->ok()) throw bad_pattern(pattern, "cannot be read: " + base::printable(compiled->error()));
      out.expression = std::move(compiled);
      break;
    }
  }
  return out;
}

bool Patterns::Pattern::match(std::string_view path) const {
  switch (way) {
    case Way::exact:
      return path == text;
    case Way::prefix:
      return path.starts_with(text);
    case Way::suffix:
      return path.ends_with(text) || (text.starts_with('/') && path == std::string_view(text).substr(1));
    case Way::expression:
      if (!base::valid_utf8(path)) return re2::RE2::PartialMatch(as_utf8(path), *expression);
      return re2::RE2::PartialMatch(re2::StringPiece(path.data(), path.size()), *expression);
  }
  return false;
}

bool Patterns::match(std::string_view path, const Hits& parent, Hits& own) const {
  own.assign(patterns_.size(), false);
  bool matched = false;
  for (std::size_t i = 0; i < patterns_.size(); i++) {
    const Pattern& pattern = patterns_[i];
    bool hit = !parent.empty() && parent[i];
    // A plain pattern changes nothing once matched, an exception nothing before.
    if (!hit && pattern.exception == matched) hit = pattern.match(path);
    own[i] = hit;
    if (hit) matched = !pattern.exception;
  }
  return matched;
}

bool Patterns::match(std::string_view path) const {
  Hits parent, own;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    match(path.substr(0, slash), parent, own);
    std::swap(parent, own);
  }
  return match(path, parent, own);
}

bool Patterns::may_match(std::string_view directory, bool exceptions) const {
  if (wild_[exceptions]) return true;
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const Pattern& pattern) {
    if (pattern.exception != exceptions) return false;
    std::string_view fixed = pattern.fixed;
    return fixed == directory ||
           (fixed.size() > directory.size() && fixed.starts_with(directory) && fixed[directory.size()] == '/');
  });
}

}  // namespace buildkit
