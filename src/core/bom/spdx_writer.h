#pragma once

#include <string>

#include "core/bom/bill.h"
#include "core/json/decode.h"

namespace bom {

/// The bill as SPDX 2.3 JSON. The document describes the image, which descends from the base; the base contains its
/// packages, the image those that are left and those that were added, and the declared files. Packages are generated
/// from source packages, whose files are distribution artifacts; files from their repository. Whether a package came
/// with the base, was added or upgraded stands in an annotation too. Deterministic to the byte; `bill` is to be sorted.
/// Licences are declared where the bill has them and never concluded. Every SPDXID that a relationship names and every
/// LicenseRef exists. Bytes that are no UTF-8 become U+FFFD.
std::string to_spdx(const Bill& bill);
/// The same before it is text.
json::Ordered spdx_document(const Bill& bill);

}  // namespace bom
