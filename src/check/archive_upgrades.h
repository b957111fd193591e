#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/bom/bill.h"
#include "core/http/transport.h"

namespace check {

/// A package that an archive has in a newer version than an image.
struct Upgrade {
  std::string name, version;
  auto operator<=>(const Upgrade&) const = default;
};

/// What a repository of `bill.apt`, by its position there, offers today for the packages that the build installed: the
/// newest version of each that is newer than the bill's, sorted by name. Empty when the repository is as the bill has
/// it.
///
/// `in_release` is its InRelease file of today. What stands below it is held to its digests; its signature is not
/// verified, which is left to the build that may follow: of a file that none of the bill's keys claims to have signed,
/// that is older than the bill's, or that has run out, nothing is believed, and `log` is told. Packages of other
/// archives count only where apt would take them without being asked to: same codename, no NotAutomatic. Throws what
/// `transport` throws, not_found for an index that is gone, corrupt for one that is not what InRelease says.
std::vector<Upgrade> upgrades_in(http::Transport& transport, const bom::Bill& bill, std::size_t repository,
                                 std::string_view in_release, const std::function<void(std::string_view)>& log,
                                 std::stop_token stop);

/// The InRelease file of a repository as it is now. Throws as upgrades_in.
std::string fetch_in_release(http::Transport& transport, const bom::Repository& repository, std::stop_token stop);

}  // namespace check
