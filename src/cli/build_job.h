#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/engine_options.h"
#include "cli/image_comparison.h"
#include "cli/lock_option.h"
#include "cli/recipe_options.h"
#include "cli/ssh_option.h"
#include "core/buildkit/build.h"
#include "core/frontend/frontend.h"
#include "core/frontend/recording.h"
#include "core/graph/graph.h"

namespace cli {

/// The command line of whatever builds a recipe.
struct BuildArguments {
  RecipeOptions recipe;
  EngineOptions engine;
  bool file_given = false;
  std::string context = ".", platform, target, progress = "auto", call, epoch;
  std::vector<std::string> labels, contexts, hosts, secrets, ssh, cache_from, cache_to;
  bool no_cache = false, pull = false, sbom = false, check = false, bill_label = false;
  bool bill = false;  ///< the bill is made, even if nothing else asks for it

  /// The options that every such command has.
  void add_to(CLI::App& command);
};

/// The same options that `docker build` would send to the frontend, so that both mean the same. Local directories among
/// the named contexts are put into `request`.
frontend::Options frontend_options(const BuildArguments& arguments, buildkit::BuildRequest& request);

/// A recipe with all that building it takes; it can be built more than once.
class BuildJob {
 public:
  /// Checks the recipe in `file`; what is only worth a warning goes to streams.err. Borrows arguments and streams.
  BuildJob(const BuildArguments& arguments, std::shared_ptr<const hcl::File> file, Streams& streams,
           std::stop_token stop);

  struct Run {
    frontend::Made made;
    frontend::BuildGraph graph;
    graph::Timings timings;
    buildkit::BuildResponse response;
  };
  enum class Cache { used, ignored };
  /// Builds, from `locks` if there are any, and exports. Shows progress; throws what buildkit::build throws.
  Run run(const std::vector<buildkit::Export>& exports, const Locks& locks, Cache cache = Cache::used);

  const recipe::Recipe& recipe() const { return recipe_; }
  /// "network.host" and the like are in here too.
  const frontend::Options& options() const { return options_; }

 private:
  const BuildArguments& arguments_;
  Streams& streams_;
  std::stop_token stop_;
  SshAgents agents_;
  buildkit::BuildRequest request_;
  frontend::Options options_;
  recipe::Recipe recipe_;
  std::optional<buildkit::Connection> engine_;
};

/// The image layout in a directory, as an export of a build: what the engine would push.
buildkit::Export layout_export(const std::filesystem::path& directory);
/// The image of `platform` out of it.
ImageParts layout_image(const std::filesystem::path& directory, const name::Platform& platform);
/// Who brought each path of what was built.
PathOwners owners_of(const frontend::Built& built);

}  // namespace cli
