#pragma once

#include <string>
#include <string_view>
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

/// A label of an image's config: bill_digest of the bill that the image was made with.
inline constexpr char digest_label[] = "estaleiro.bom.digest";

/// The digest of a bill's YAML without the line that names the image: that one cannot be in what the image holds.
base::Digest bill_digest(std::string_view yaml);

/// Throws corrupt when `yaml` is not the bill that `label`, of the image's config, names.
void check_labelled(std::string_view yaml, std::string_view label);

}  // namespace bom
