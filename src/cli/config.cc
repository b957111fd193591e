#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/recipe_json.h"
#include "cli/recipe_options.h"
#include "cli/schema_json.h"
#include "core/recipe/reference.h"

namespace cli {
namespace {

struct ConfigOptions {
  RecipeOptions recipe;
  bool json = false, schema = false, reference = false;
};

int config(const ConfigOptions& options, Streams& streams) {
  if (options.schema) {
    streams.out << json::write_pretty(config_schema());
  } else if (options.reference) {
    streams.out << recipe::reference();
  } else {
    const auto file = options.recipe.read(streams);
    streams.out << json::write_pretty(to_json(recipe::load(file, options.recipe.variables())));
  }
  return exit_ok;
}

}  // namespace

void add_config(CLI::App& app, Streams& streams, Action& action) {
  auto options = std::make_shared<ConfigOptions>();
  CLI::App* command = app.add_subcommand("config", "Shows what a recipe means, or what recipes can say");
  options->recipe.add_to(*command);
  CLI::Option_group* what = command->add_option_group("what");
  what->add_flag("--json", options->json, "The evaluated recipe with its defaults filled in");
  what->add_flag("--schema", options->schema, "The JSON Schema of --json");
  what->add_flag("--reference", options->reference, "Every block, argument and function, as Markdown");
  what->require_option(1);
  command->callback(
      [options, &streams, &action] { action = [options, &streams] { return config(*options, streams); }; });
}

}  // namespace cli
