#pragma once

#include <string>
#include <string_view>

#include "core/hcl/diagnostics.h"

namespace hcl {

enum class Quoting { quoted, heredoc };

/// The text that a quoted_text or heredoc_text token at `range` stands for: $${ and %%{ everywhere, backslash escapes
/// between quotes (hclsyntax/spec.md "Template Expressions"). An escape that does not exist is reported under itself.
std::string unescape(Range range, Quoting quoting, Diagnostics& diagnostics);

/// True if unescape() would give back the same bytes.
bool is_plain(std::string_view text, Quoting quoting);

}  // namespace hcl
