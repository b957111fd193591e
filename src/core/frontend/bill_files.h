#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/bom/bill.h"
#include "core/frontend/gateway.h"

namespace frontend {

/// The bill in every format there is, as name and content: "bom.yml", "bom.spdx.json" …
std::vector<std::pair<std::string, std::string>> bill_files(const bom::Bill& bill);

/// The same as a tree of the engine's.
Ref bill_tree(Gateway& gateway, const bom::Bill& bill);

/// The bill as the SPDX attestation that the ecosystem's tools look for.
Attestation bill_attestation(Gateway& gateway, const bom::Bill& bill);

}  // namespace frontend
