#include "cli/serve_frontend.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <ostream>

#include "core/base/error.h"
#include "core/buildkit/stdio_gateway.h"
#include "core/frontend/frontend.h"

namespace cli {

void serve_frontend(std::ostream& err) {
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
    buildkit::run_stdio_frontend(STDIN_FILENO, STDOUT_FILENO, given, run, [] { std::_Exit(EXIT_SUCCESS); });
  } catch (const base::Error& error) {
    if (error.kind() == base::Kind::unavailable) throw;
    // The daemon was told. With another exit code it would report that instead; its own log gets the text.
    err << "error: " << error.text() << "\n";
  }
}

}  // namespace cli
