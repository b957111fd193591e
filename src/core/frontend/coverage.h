#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "core/bom/bill.h"
#include "core/bom/html_writer.h"
#include "core/frontend/account.h"

namespace frontend {

/// The packages that list a path, by path.
using PathOwners = std::unordered_map<std::string, std::vector<std::string>>;

/// Links among the directories of a listed path are followed within the tree, as dpkg follows them ("/bin/sh" lies in
/// "/usr/bin").
PathOwners owners(const Account& account);

/// Says of each path of the image what it is: declared by the recipe, a package's, of dpkg's own database, a link of
/// its alternatives, generated while packages were installed, or left over in the base. `declared` are the paths that
/// the recipe's files brought, their directories included.
bom::Coverage cover(const Account& account, const PathOwners& owned, const Changes& changes,
                    const std::vector<TreePath>& declared);

/// Each path of the account with its kind and its packages.
std::vector<bom::PageDetails::Path> paths_with_owners(const Account& account, const PathOwners& owned,
                                                      const Changes& changes);

}  // namespace frontend
