#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <ostream>

#include "cli/commands.h"
#include "core/base/error.h"
#include "core/buildkit/stdio_gateway.h"
#include "core/frontend/frontend.h"

namespace cli {
namespace {

int run_frontend(Streams& streams) {
  if (isatty(STDIN_FILENO) == 1 || isatty(STDOUT_FILENO) == 1)
    throw base::Error(base::Kind::invalid, "estaleiro frontend speaks to BuildKit over its standard input and output")
        .fix("use estaleiro build, or docker build with # syntax = IMAGE on the recipe's first line");
  std::signal(SIGPIPE, SIG_IGN);
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; entry++) environment.emplace_back(*entry);
  const auto given = buildkit::FrontendEnvironment::parse(environment);
  auto run = [](frontend::Gateway& gateway, const buildkit::FrontendEnvironment& told) {
    return frontend::run(gateway, told.options);
  };
  try {
    // The daemon waits for the end of this process, not for an orderly end of its connection.
    buildkit::run_stdio_frontend(STDIN_FILENO, STDOUT_FILENO, given, run, [] { std::_Exit(exit_ok); });
  } catch (const base::Error& error) {
    if (error.kind() == base::Kind::unavailable) throw;
    // The daemon was told. With another exit code it would report that instead; its own log gets the text.
    streams.err << "error: " << error.text() << "\n";
  }
  return exit_ok;
}

}  // namespace

void add_frontend(CLI::App& app, Streams& streams, Action& action) {
  CLI::App* command = app.add_subcommand("frontend", "Builds a recipe inside BuildKit: what # syntax = … runs");
  command->callback([&streams, &action] { action = [&streams] { return run_frontend(streams); }; });
}

}  // namespace cli
