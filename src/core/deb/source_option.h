#pragma once

#include <string>
#include <string_view>

#include "core/deb/source_list.h"

namespace deb {

/// yes, true, with, on, enable or 1: what apt takes for a yes (`value` in lower case).
bool is_true(std::string_view value);

/// The sources.list(5) name of a deb822 field that is an option ("Signed-By": "signed-by", "Architectures": "arch");
/// "" for every other field.
std::string option_of_field(std::string_view field);

/// Puts one option of sources.list(5) into `repository`. Throws invalid for an unknown name or a value with odd
/// characters, denied for one that switches the check of signatures off.
void set_option(Repository& repository, const std::string& name, std::string_view value);

}  // namespace deb
