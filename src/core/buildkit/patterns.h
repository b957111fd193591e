#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace buildkit {

/// An ordered list of path patterns by the rules of .dockerignore (moby/patternmatcher): '*' and '?' stay within one
/// path component, '**' spans any number of them, '[a-z]' and '\' as in Go's path.Match, a leading '!' takes back what
/// earlier patterns matched, and what matches a directory matches all that is in it. The last match decides.
/// Paths are relative, clean, with '/'. Immutable, so thread-safe.
class Patterns {
 public:
  Patterns() = default;
  /// Blank patterns are dropped. Throws invalid naming the pattern: bad syntax, a lone '!', one of over 4096 bytes.
  explicit Patterns(const std::vector<std::string>& patterns);

  /// Which patterns a directory matches, by position; empty = unknown, as for the root.
  using Hits = std::vector<bool>;

  /// Whether `path` is matched, given the hits of its parent directory; fills `own` for its children.
  bool match(std::string_view path, const Hits& parent, Hits& own) const;
  /// The same for a path alone, looking at its parents too.
  bool match(std::string_view path) const;

  bool empty() const { return patterns_.empty(); }
  bool has_exceptions() const { return has_exceptions_; }
  /// Whether one of the patterns without '!' could match something inside `directory`, which none of them matches.
  bool may_match_inside(std::string_view directory) const { return may_match(directory, false); }
  /// Whether a '!' pattern could take back something inside `directory`.
  bool may_except_inside(std::string_view directory) const { return may_match(directory, true); }

 private:
  enum class Way { exact, prefix, suffix, expression };
  struct Pattern {
    Way way = Way::exact;
    bool exception = false;
    std::string text;   ///< of exact, prefix and suffix: what is compared
    std::string fixed;  ///< the pattern without a final "/*" or "/**", to see whether a directory can lead to a match
    std::shared_ptr<const re2::RE2> expression;

    bool match(std::string_view path) const;
  };
  static Pattern compile(std::string_view pattern);
  bool may_match(std::string_view directory, bool exceptions) const;

  std::vector<Pattern> patterns_;
  bool has_exceptions_ = false;
  bool wild_[2] = {false, false};  ///< some plain pattern, some exception has wildcards before its end
};

}  // namespace buildkit
