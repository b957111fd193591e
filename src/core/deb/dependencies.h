#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace deb {

/// One alternative of a relation: "libc6:any (>= 2.36) [amd64]" (Debian Policy 7.1). Restrictions in […] and <…> are
/// dropped: binary stanzas carry none.
struct Dependency {
  std::string name;
  std::string architecture;  ///< after ':', "" if none
  std::string relation;      ///< "<<", "<=", "=", ">=", ">>" or ""
  std::string version;       ///< "" without relation
  bool operator==(const Dependency&) const = default;
};

/// All of the outer list, one of each inner list.
using Dependencies = std::vector<std::vector<Dependency>>;

/// Throws invalid quoting the piece that cannot be read; bounded to 10,000 alternatives.
Dependencies parse_dependencies(std::string_view value);

struct BinaryPackage;

/// For each package of `packages` the shortest chain of names that leads to it from one of `requested`, both ends
/// included: {"git", "libcurl3-gnutls", "librtmp1"}; a requested package's chain is itself. Packages that nothing
/// leads to (a Recommends, an upgrade of the base) are absent. Ties go to the earlier in `requested`, then by name.
std::map<std::string, std::vector<std::string>> requested_by(const std::vector<BinaryPackage>& packages,
                                                             const std::vector<std::string>& requested);

}  // namespace deb
