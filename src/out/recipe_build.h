#pragma once

#include <filesystem>
#include <stop_token>

#include "core/base/digest.h"
#include "core/frontend/build.h"
#include "core/recipe/recipe.h"
#include "core/remote/kept_inputs.h"
#include "core/remote/repository.h"
#include "core/resource/request.h"
#include "out/terms.h"

namespace out {

/// What was built and pushed; nothing names it yet.
struct Pushed {
  base::Digest digest;
  frontend::Built built;
};

/// Builds a recipe on the source's engine, which pushes the image by digest. What params.keep_inputs keeps goes to
/// `keeper`. Shows progress in the log. Throws what on_engine and buildkit::build throw.
Pushed build_and_push(const resource::Source& source, const resource::PutParams& params,
                      const remote::Repository& repository, const std::filesystem::path& inputs,
                      const recipe::Recipe& recipe, const Terms& terms, remote::InputKeeper& keeper,
                      std::stop_token stop);

}  // namespace out
