#pragma once

#include "core/bom/bill.h"
#include "core/bom/html_writer.h"
#include "core/frontend/account.h"

namespace frontend {

/// Says of each path of the image what it is: declared by the recipe, a package's, of dpkg's own database, a link of
/// its alternatives, generated while packages were installed, or left over in the base. `declared` are the paths that
/// the recipe's files brought, their directories included.
bom::Coverage cover(const Account& account, const Changes& changes, const std::vector<TreePath>& declared);

/// Each path of the account with its kind and its packages.
std::vector<bom::PageDetails::Path> paths_with_owners(const Account& account, const Changes& changes);

/// The packages that list a path, by path; links among the directories of a listed path are followed within the tree,
/// as dpkg follows them ("/bin/sh" lies in "/usr/bin").
std::map<std::string, std::vector<std::string>> owners(const Account& account);

}  // namespace frontend
