#pragma once

#include <string>

#include "core/bom/bill.h"

namespace bom {

/// The bill as an in-toto statement about the image, its predicate the SPDX document (type https://spdx.dev/Document),
/// as BuildKit attaches one. `name` is what the image is called: "registry.example/team/app". The bill must have the
/// image's digest; throws invalid if not. Deterministic to the byte.
std::string to_in_toto(const Bill& bill, const std::string& name);

/// The same while the image has no digest yet: about what goes into it, each declared file by its path and each .deb of
/// the changeset by its name. Throws invalid when there is neither.
std::string to_in_toto_of_contents(const Bill& bill);

}  // namespace bom
