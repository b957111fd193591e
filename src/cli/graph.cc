#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/graph_file.h"
#include "cli/recipe_options.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/frontend/plan.h"

namespace cli {
namespace {

struct GraphOptions {
  RecipeOptions recipe;
  std::string format, output = "-", platform;
};

int draw(const GraphOptions& options, Streams& streams) {
  auto recipe = recipe::load(options.recipe.read(streams), options.recipe.variables());
  auto platform = options.platform.empty() ? name::Platform::host() : name::Platform::parse(options.platform);
  const std::string format = options.format.empty() ? graph_format(options.output) : options.format;
  std::string text = graph_text(format, recipe.image.name.value, frontend::plan_graph(recipe, platform));
  if (options.output == "-")
    streams.out << text;
  else
    base::write_file(options.output, text);
  return exit_ok;
}

}  // namespace

void add_graph(CLI::App& app, Streams& streams, Action& action) {
  auto options = std::make_shared<GraphOptions>();
  CLI::App* command =
      app.add_subcommand("graph", "Draws what a recipe will build, without an engine and without running anything");
  options->recipe.add_to(*command);
  command->add_option("--format", options->format, "svg, dot or llb; by default as the file's name says, else svg");
  command->add_option("-o,--output", options->output, "The file to write, or - for stdout")->capture_default_str();
  command->add_option("--platform", options->platform, "The platform to draw; this machine's by default");
  command->callback([options, &streams, &action] { action = [options, &streams] { return draw(*options, streams); }; });
}

}  // namespace cli
