#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/name/semver.h"

namespace name {

/// Which versions somebody wants, in the language that registry-image's users know (that of Masterminds/semver):
/// "1.2.x", "~1.2", "^2", ">= 1.2, < 3 || 4.x", "1.2 - 1.4.5", "!= 1.3". A pre-release matches only where its part of
/// the constraint names one (">= 1.2.0-0").
class SemverConstraint {
 public:
  /// Throws invalid, at most 1,000 characters are read.
  static SemverConstraint parse(std::string_view text);

  bool allows(const SemanticVersion& version) const;

 private:
  /// lowest <= version < end, or, if `inverted`, the opposite.
  struct Range {
    std::optional<SemanticVersion> lowest, end;
    bool inverted = false;
    bool contains(const SemanticVersion& version) const;
  };
  /// All of the ranges.
  struct Group {
    std::vector<Range> ranges;
    bool pre_releases = false;
  };
  friend class ConstraintReader;

  std::vector<Group> groups_;  // one of them
};

}  // namespace name
