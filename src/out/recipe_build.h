#pragma once

#include <filesystem>
#include <map>
#include <stop_token>
#include <string>

#include "core/base/digest.h"
#include "core/frontend/frontend.h"
#include "core/recipe/recipe.h"
#include "core/remote/kept_inputs.h"
#include "core/remote/repository.h"
#include "core/resource/request.h"
#include "out/terms.h"

namespace out {

/// What was built and pushed; nothing names it yet.
struct Pushed {
  base::Digest digest;  ///< of the index where there is one
  frontend::Made made;
  std::map<std::string, remote::InputKeeper> kept;  ///< what params.keep_inputs keeps, by platform
};

/// Builds a recipe on the source's engine, for each platform that is wanted, and has it pushed by digest. Shows
/// progress in the log. Throws what on_engine and buildkit::build throw.
Pushed build_and_push(const resource::Source& source, const resource::PutParams& params,
                      const remote::Repository& repository, const std::filesystem::path& inputs,
                      const recipe::Recipe& recipe, const Terms& terms, std::stop_token stop);

}  // namespace out
