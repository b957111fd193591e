#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/frontend/gateway.h"
#include "core/name/platform.h"
#include "core/recipe/variables.h"

namespace frontend {

/// What a build is asked to give.
enum class Target {
  image,
  bom,   ///< the bill in every format, as files
  lock,  ///< the bill alone, as a lock takes it
};

/// How a user asks for a build, in the words that Dockerfile users know (BuildKit's frontend options), understood and
/// checked.
struct Options {
  std::string filename = "estaleiro.hcl";   ///< of the recipe, in `recipe_local`
  std::string recipe_local = "dockerfile";  ///< the session's name for the directory with the recipe
  std::string context_local = "context";    ///< and for the build context
  std::string context_url;                  ///< a git repository in place of it; empty = none
  recipe::Variables variables;              ///< build arguments
  std::map<std::string, std::string> labels;
  std::vector<name::Platform> platforms;  ///< empty: as choose_platforms has it
  Target target = Target::image;
  bool no_cache = false;
  Gateway::ResolveMode resolve = Gateway::ResolveMode::default_;
  std::map<std::string, std::string> contexts;  ///< named contexts: "docker-image://…", "local:…", "input:…", a git URL
  std::map<std::string, std::string> context_origins;  ///< canonical names of what layouts among them were taken from
  std::optional<std::chrono::sys_seconds> epoch;
  bool sbom = false;                                       ///< attach the bill to the image
  bool bill = false;                                       ///< make it, even if neither that nor the target asks for it
  std::string request;                                     ///< "frontend.outline" and the like, in place of a build
  std::vector<std::pair<std::string, std::string>> hosts;  ///< name and address, for every step
  /// What Dockerfile steps get as it is: hosts, limits, the choice of a network.
  std::map<std::string, std::string> for_steps;
};

/// Reads BuildKit's options. Those that are unknown are left alone, as Dockerfile frontends do: clients add some at any
/// time. Throws invalid for a value that makes no sense, naming the option.
Options parse_options(const std::map<std::string, std::string>& given);

/// The name of a target and back. Throws invalid with the nearest name.
std::string_view target_name(Target target);
Target parse_target(std::string_view text);

}  // namespace frontend
