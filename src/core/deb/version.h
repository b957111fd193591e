#pragma once

#include <compare>
#include <string_view>

namespace deb {

/// [epoch:]upstream[-revision] as deb-version(7) has it: upstream begins with a digit or letter, no blanks, an epoch is
/// digits that fit an int.
bool valid_version(std::string_view version);

/// Orders versions as dpkg --compare-versions does: epoch, then upstream, then revision; '~' sorts before the end.
/// Never throws: invalid versions get some stable order.
std::strong_ordering compare_versions(std::string_view left, std::string_view right);

}  // namespace deb
