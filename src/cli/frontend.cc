#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/serve_frontend.h"

namespace cli {

void add_frontend(CLI::App& app, Streams& streams, Action& action) {
  CLI::App* command = app.add_subcommand("frontend", "Builds a recipe inside BuildKit: what # syntax = … runs");
  command->callback([&streams, &action] {
    action = [&streams] {
      serve_frontend(streams.err);
      return exit_ok;
    };
  });
}

}  // namespace cli
