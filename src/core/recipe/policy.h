#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/recipe/value.h"

namespace recipe {

/// The `policy` block: what may be built and pushed. An absent row allows everything. The rows that a recipe alone
/// decides (bases, repositories, commits, user) are checked by load and check_policy, the others when the evidence is
/// there.
struct Policy {
  /// Patterns as matches() has them over the canonical reference ("docker.io/library/debian:*").
  std::optional<std::vector<Text>> allowed_bases;
  std::optional<std::vector<Text>> allowed_repositories;  ///< patterns over the archive's URI; '*' crosses '/'
  std::optional<std::vector<Text>> allowed_keys;          ///< fingerprints: upper-case hex, no blanks
  std::optional<std::vector<Text>> allowed_licenses;      ///< SPDX ids
  std::optional<std::vector<Text>> denied_licenses;       ///< SPDX ids
  std::optional<std::vector<Text>> allowed_setuid;        ///< absolute paths; an empty list allows none
  std::optional<Placed<bool>> require_archive_sources;    ///< a package's `vcs` does not count as its source
  std::optional<Placed<bool>> require_commits;            ///< every `vcs` names a commit
  std::optional<Placed<bool>> require_non_root;           ///< the image's user is not root
  std::optional<Placed<bool>> require_explained;          ///< no unexplained path in the layers that we make
  std::optional<Placed<std::uint64_t>> max_size;          ///< bytes of all layers as pushed

  /// Whether it has no row.
  bool empty() const {
    return !(allowed_bases || allowed_repositories || allowed_keys || allowed_licenses || denied_licenses ||
             allowed_setuid || require_archive_sources || require_commits || require_non_root || require_explained ||
             max_size);
  }
};

/// Whether an image's user ("NAME", "ID", either with ":GROUP") is root, who it is by default.
bool is_root(std::string_view user);

}  // namespace recipe
