#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/hcl/source.h"
#include "core/recipe/recipe.h"

namespace frontend {

/// A variable that a recipe takes from outside.
struct OutlineVariable {
  std::string name, description, value;  ///< the given value, else the default; empty where there is neither
  hcl::Range range;                      ///< where it is declared, else where it is first used
};

/// What a recipe can be told: its variables in the order of the file, and its steps' secrets and ssh agents. Also of a
/// recipe that cannot be built as it is, for want of a variable.
struct Outline {
  std::string name;  ///< of the image
  std::vector<OutlineVariable> variables;
  std::vector<recipe::Text> secrets, ssh;
};

Outline outline(const std::shared_ptr<const hcl::File>& file, const recipe::Variables& given);

}  // namespace frontend
