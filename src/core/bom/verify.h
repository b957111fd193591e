#pragma once

#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/bom/bill.h"

namespace bom {

/// What does not fit in a bill, one sentence each, by path; empty when it is sound: every package of the changeset has
/// a location and sources, every file a digest and a source, digests are well formed, versions and names are Debian's,
/// no (name, architecture) or path stands twice, locations point to a repository that is there, and what an upgrade
/// replaces is in the base. At most 20, then one that counts the rest.
std::vector<std::string> inconsistencies(const Bill& bill);

/// Throws corrupt, listing them, when there are inconsistencies.
void check_consistent(const Bill& bill);

/// Checks that `bill`, delivered as a description of the image `digest`, does not speak of another: its image.digest,
/// where it has one, must be equal to it. Throws corrupt naming both.
void check_describes(const Bill& bill, const base::Digest& digest);

}  // namespace bom
