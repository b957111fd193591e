#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/recipe_options.h"
#include "core/base/error.h"
#include "core/base/redactor.h"
#include "core/recipe/recipe.h"

namespace cli {
namespace {

struct ValidateOptions {
  RecipeOptions recipe;
  bool json = false;
};

void print(const ValidateOptions& options, const hcl::Diagnostics& diagnostics, Streams& streams) {
  if (options.json) {
    streams.out << hcl::to_json(diagnostics) << "\n";
    return;
  }
  const auto colour = streams.colour ? hcl::Colour::always : hcl::Colour::never;
  if (!diagnostics.empty()) streams.err << base::redactor().clean(hcl::render(diagnostics, colour));
  if (!diagnostics.has_errors()) streams.out << options.recipe.file << " is valid\n";
}

int validate(const ValidateOptions& options, Streams& streams) {
  hcl::Diagnostics diagnostics;
  std::shared_ptr<const hcl::File> file;  // the diagnostics point into it
  try {
    file = options.recipe.read(streams);
    recipe::load(file, options.recipe.variables(), diagnostics);
  } catch (const base::Error& error) {
    if (!options.json) throw;
    diagnostics.error({}, error.message(), error.fix());
  }
  print(options, diagnostics, streams);
  return diagnostics.has_errors() ? exit_failed : exit_ok;
}

}  // namespace

void add_validate(CLI::App& app, Streams& streams, Action& action) {
  auto options = std::make_shared<ValidateOptions>();
  CLI::App* command = app.add_subcommand("validate", "Reports all that is wrong with a recipe, without an engine");
  options->recipe.add_to(*command);
  command->add_flag("--json", options->json, "Reports as JSON on stdout, for editors");
  command->callback(
      [options, &streams, &action] { action = [options, &streams] { return validate(*options, streams); }; });
}

}  // namespace cli
