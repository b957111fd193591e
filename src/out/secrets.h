#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/buildkit/key_agent.h"
#include "core/recipe/recipe.h"
#include "core/resource/request.h"

namespace out {

/// What a put gives to Dockerfile steps.
struct StepSecrets {
  std::map<std::string, std::string> secrets;  ///< by id
  std::vector<std::unique_ptr<buildkit::KeyAgent>> agents;
  std::map<std::string, std::filesystem::path> ssh;  ///< the agents' sockets by id
};

/// Reads them; each is known to base::redactor() from here on. Says in the log which ones of the recipe's steps are not
/// given: a Dockerfile may go on without. Throws not_found, denied, invalid, and what KeyAgent throws.
StepSecrets read_secrets(const resource::PutParams& params, const std::filesystem::path& inputs,
                         const recipe::Recipe& recipe);

}  // namespace out
