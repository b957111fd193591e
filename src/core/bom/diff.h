#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/bom/bill.h"

namespace bom {

/// What an image has other than an earlier one, by their bills. Each list is sorted by name or path.
struct Difference {
  struct Change {
    std::string name;  ///< a package, with ":ARCH" where two architectures have it; or a path
    std::string before, after;
    bool operator==(const Change&) const = default;
  };
  std::string base_before, base_after;  ///< canonical names, both empty when equal
  std::vector<Change> added, removed;   ///< packages; only after, only before is filled
  std::vector<Change> upgraded, downgraded;
  std::vector<Change> replaced;  ///< the same version out of another .deb: digests
  std::vector<Change> relicensed;
  std::vector<Change> files_added, files_removed;  ///< "REPOSITORY at REF"
  std::vector<Change> files_moved;                 ///< another repository or ref
  std::vector<Change> files_rebuilt;               ///< the same ref and other bytes: digests
  std::vector<std::string> set_id_added;           ///< files that have become set-user-id or set-group-id
  bool empty() const;
  /// "3 packages added, 1 upgraded, 2 files moved"; "nothing" when empty.
  std::string summary() const;
  bool operator==(const Difference&) const = default;
};

Difference difference(const Bill& before, const Bill& after);

/// As Markdown that a release note can take over, under one heading of the second level.
std::string to_markdown(const Difference& difference, std::string_view product_name);

}  // namespace bom
