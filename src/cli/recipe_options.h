#pragma once

#include <string>
#include <vector>

#include "cli/run.h"
#include "core/hcl/source.h"
#include "core/recipe/variables.h"

namespace CLI {
class App;
}

namespace cli {

/// The options with which a command names a recipe and its variables: --file, --var, --vars-file.
struct RecipeOptions {
  std::string file = "estaleiro.hcl";  ///< "-" is stdin
  std::vector<std::string> vars;
  std::vector<std::string> vars_files;

  /// Adds them to `command`, which fills this while it parses.
  void add_to(CLI::App& command);
  /// Reads the recipe. Throws not_found, denied, invalid (too large).
  std::shared_ptr<const hcl::File> read(Streams& streams) const;
  /// Reads the variables: later files win, --var wins over all files. Throws as read().
  recipe::Variables variables() const;
};

/// All of a stream of at most `max_bytes`; `name` is for the error. Throws invalid, failed.
std::string read_stream(std::istream& stream, std::size_t max_bytes, const std::string& name);

}  // namespace cli
