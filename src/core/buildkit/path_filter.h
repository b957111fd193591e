#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/buildkit/patterns.h"

namespace buildkit {

/// Chooses entries of a tree: those that match `include` (everything when it is empty) and do not match `exclude`.
/// Parents of a chosen entry are needed too; the walk adds them. Immutable, so thread-safe.
class PathFilter {
 public:
  PathFilter(const std::vector<std::string>& include, const std::vector<std::string>& exclude)
      : include_(include), exclude_(exclude) {}

  /// What is known of a directory, for its children; default made for the root.
  struct Directory {
    Patterns::Hits include, exclude;
  };
  struct Verdict {
    bool chosen = true;
    bool descend = true;  ///< something inside may be chosen; of no meaning for other than directories
  };
  Verdict look(std::string_view path, const Directory& parent, Directory& own) const;

 private:
  Patterns include_, exclude_;
};

}  // namespace buildkit
