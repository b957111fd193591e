#pragma once

#include <string>
#include <string_view>

namespace bom {

/// `text` as a YAML scalar in a block: plain where every reader of YAML 1.1 and 1.2 takes it for that string, else in
/// double quotes with escapes. Throws invalid when it is not UTF-8.
std::string yaml_scalar(std::string_view text);

/// Always in double quotes.
std::string yaml_quoted(std::string_view text);

}  // namespace bom
