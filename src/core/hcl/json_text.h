#pragma once

#include <string>
#include <string_view>

#include "core/hcl/value.h"

namespace hcl {

/// Appends `text` as a JSON string. Invalid UTF-8 becomes U+FFFD. `html_safe` writes <, >, & and U+2028/9 as \u
/// escapes, which is what Terraform's jsonencode gives.
enum class Html { plain, safe };
void append_json_string(std::string& out, std::string_view text, Html html = Html::plain);

/// `value` as compact JSON, members sorted by name, as jsonencode() gives it. All of it must be known.
/// Throws invalid if it would be longer than about `max_bytes`.
std::string to_json(const Value& value, std::size_t max_bytes = max_file_bytes);

/// One JSON value: objects become objects, arrays tuples. Throws invalid with the line and column of the first mistake;
/// nesting deeper than max_depth and a key given twice are mistakes.
Value from_json(std::string_view text);

}  // namespace hcl
