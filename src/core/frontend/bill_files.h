#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/bom/bill.h"
#include "core/bom/html_writer.h"
#include "core/frontend/gateway.h"

namespace frontend {

/// Names and contents.
using TextFiles = std::vector<std::pair<std::string, std::string>>;

/// The bill in every format there is: "bom.yml", "bom.spdx.json" …; the in-toto statement is left out of a bill that
/// has nothing to be about: neither the image's digest, nor a file, nor a package.
TextFiles bill_files(const bom::Bill& bill, const bom::PageDetails& page);

/// The bill as a lock takes it: "bom.yml" alone.
TextFiles lock_files(const bom::Bill& bill);

/// Files as a tree of the engine's, each with the places of `vertex`. Throws unsupported when they are too long for it.
Ref text_tree(Gateway& gateway, const TextFiles& files, const llb::Metadata& vertex);

/// The bill as the SPDX attestation that the ecosystem's tools look for.
Attestation bill_attestation(Gateway& gateway, const bom::Bill& bill, const llb::Metadata& vertex);

}  // namespace frontend
