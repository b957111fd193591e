#pragma once

#include <string>

namespace recipe {

/// Every block with its arguments, and every function, as Markdown: the middle of docs/recipe.md. Made from the
/// schema's table and the table of functions. Ends with a newline.
std::string reference();

}  // namespace recipe
