#pragma once

#include <cstddef>
#include <string_view>

#include "core/bom/bill.h"

namespace bom {

inline constexpr std::size_t max_bill_bytes = 64 << 20;
/// Scalars, lists and mappings together.
inline constexpr std::size_t max_bill_nodes = 2'000'000;

/// Reads a bill: this project's, the announcement's, and the original's later ones that wrap each source in
/// `external_resource`. Unknown keys are passed over: newer bills only add keys. An empty location counts as none, and
/// "md5:" before 64 digits as the sha256 that it is (the announcement's own sample has that). `what` names the input in
/// errors. Throws invalid: more than max_bill_bytes, more than max_bill_nodes, deeper than 32, several documents,
/// anchors, aliases and tags, a key twice, a missing required key, a value of the wrong type or a malformed digest,
/// each by its path ("changeset.packages[3].location.digest"); unsupported: a protocol of another major version.
Bill read_yaml(std::string_view text, std::string_view what);

}  // namespace bom
