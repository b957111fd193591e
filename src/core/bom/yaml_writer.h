#pragma once

#include <string>
#include <string_view>

#include "core/bom/bill.h"

namespace bom {

/// The announcement's format, and the same with this project's additional keys.
inline constexpr std::string_view seed_protocol = "v0.0.1";
inline constexpr std::string_view protocol = "v0.1.0";

/// The bill as YAML: keys, nesting and order of the announcement; additional keys stand at the end of their mapping.
/// `protocol:` is v0.0.1 when the bill fills none of them, else v0.1.0. Deterministic to the byte; read_yaml gives the
/// same bill back. `bill` is to be sorted (bom::sort). Throws invalid when a string is not UTF-8.
std::string to_yaml(const Bill& bill);

}  // namespace bom
