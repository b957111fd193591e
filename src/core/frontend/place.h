#pragma once

#include <memory>
#include <vector>

#include "core/hcl/source.h"
#include "core/llb/output.h"
#include "core/recipe/recipe.h"

namespace frontend {

/// Gives each vertex its name and its place in the recipe, so that the engine shows the recipe's lines when it fails.
class Places {
 public:
  /// With `ignore_cache` the vertices run even if their results are known.
  explicit Places(const recipe::Recipe& recipe, bool ignore_cache = false);
  llb::Metadata at(const hcl::Range& range, std::string name) const;
  /// A vertex that several blocks of the recipe have a part in, of which the first hundred are shown.
  llb::Metadata at(const std::vector<hcl::Range>& ranges, std::string name) const;

 private:
  std::shared_ptr<const llb::SourceFile> file_;
  bool ignore_cache_;
};

/// The recipe's `file` blocks, and those `tarball` blocks that are used.
std::vector<hcl::Range> file_blocks(const recipe::Recipe& recipe);
std::vector<hcl::Range> tarball_blocks(const recipe::Recipe& recipe);

/// `range` as the engine takes it.
llb::SourcePlace source_place(const std::shared_ptr<const llb::SourceFile>& file, const hcl::Range& range);

/// The recipe as the engine takes it.
std::shared_ptr<const llb::SourceFile> source_file(const hcl::File& file);

}  // namespace frontend
