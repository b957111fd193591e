#pragma once

#include <string>

#include "core/bom/bill.h"

namespace bom {

/// The bill as CycloneDX 1.6 JSON: the image is the main component, its base the ancestor; components are the packages
/// of the final image and the declared files, each with its source as ancestor or repository, and where to fetch it.
/// Base or added, replaced version and the like are properties "estaleiro:…". Deterministic to the byte; `bill` is to
/// be sorted. Licences are those that packages declare. Bytes that are no UTF-8 become U+FFFD.
std::string to_cyclonedx(const Bill& bill);

}  // namespace bom
