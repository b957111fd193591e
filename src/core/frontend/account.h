#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/deb/dpkg_info.h"
#include "core/frontend/gateway.h"
#include "core/frontend/tools.h"
#include "core/llb/output.h"

namespace frontend {

struct TreePath {
  std::string path;  ///< absolute
  char type = 'f';   ///< as find's %y: f, d, l, …
  unsigned mode = 0;
  std::uint64_t size = 0;
  std::string target;  ///< of a link
};

/// All paths of a tree, and what dpkg knows of them.
struct Account {
  std::vector<TreePath> paths;  ///< sorted
  std::vector<deb::FileList> lists;
  std::map<std::string, deb::Diversion> diversions;
  std::set<std::string> alternatives;             ///< every path that dpkg's alternatives name
  std::uint64_t sums = 0;                         ///< files that dpkg has an MD5 of
  std::vector<std::string> wrong;                 ///< of these those with other bytes, or missing; absolute
  std::map<std::string, std::string> copyrights;  ///< the packages' copyright files, by package
};

/// Accounts for `tree` where it lies, with the find, awk and md5sum of `tools`; nullopt where those are missing. Throws
/// corrupt for answers that make no sense, and what the gateway throws.
std::optional<Account> account_for(Gateway& gateway, const llb::Output& tree, const Tools& tools,
                                   const llb::Metadata& vertex);

/// What the installation did to the base.
struct Changes {
  std::unordered_set<std::string> changed;  ///< added, or other than before
  std::vector<std::string> gone;            ///< topmost paths only
  std::vector<std::string> fresh;
  std::map<std::string, std::set<std::string>> authors;  ///< packages by path; only when observed
  bool observed = false;
  std::map<std::string, std::string> sha1;  ///< by "NAME_ARCH.deb"
};

/// Reads what install_script wrote; `report` is its output. Throws as account_for.
Changes read_changes(Gateway& gateway, const llb::Output& report);

/// The texts that read_changes reads, by file name; for tests.
Changes parse_changes(const std::map<std::string, std::string>& files);
/// Likewise of account_for.
Account parse_account(const std::map<std::string, std::string>& files);

}  // namespace frontend
