#pragma once

#include <memory>
#include <string>

#include "core/hcl/diagnostics.h"
#include "core/hcl/source.h"

namespace hcl {

/// `file` in canonical layout: two blanks a level, one blank between words, the `=` and the trailing comments of
/// neighbouring lines under one another, as `terraform fmt` does it; a newline at the end, no byte order mark. Only
/// white space between tokens changes: comments, line breaks, the text of strings and heredocs stay. Formatting twice
/// gives the same. A file with syntax errors is reported and returned unchanged.
std::string format(std::shared_ptr<const File> file, Diagnostics& diagnostics);

}  // namespace hcl
