#pragma once

#include <memory>

#include "core/hcl/source.h"
#include "core/llb/output.h"
#include "core/recipe/recipe.h"

namespace frontend {

/// Gives each vertex its name and its place in the recipe, so that the engine shows the recipe's lines when it fails.
class Places {
 public:
  explicit Places(const recipe::Recipe& recipe);
  llb::Metadata at(const hcl::Range& range, std::string name) const;

 private:
  std::shared_ptr<const llb::SourceFile> file_;
};

}  // namespace frontend
