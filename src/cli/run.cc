#include "cli/run.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "cli/commands.h"
#include "core/base/error.h"
#include "core/base/redactor.h"

namespace cli {

int run(std::vector<std::string> arguments, Streams& streams) {
  CLI::App app("Builds container images with a bill of materials from estaleiro.hcl", "estaleiro");
  app.set_version_flag("--version", ESTALEIRO_VERSION);
  app.require_subcommand(1);
  Action action;
  add_bom(app, streams, action);
  add_config(app, streams, action);
  add_fmt(app, streams, action);
  add_validate(app, streams, action);
  try {
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
    app.parse(arguments);
    const int code = action();
    streams.out.flush();
    if (streams.out) return code;
    streams.err << "error: cannot write to stdout\n";
  } catch (const CLI::ParseError& error) {
    return app.exit(error, streams.out, streams.err) == 0 ? exit_ok : exit_usage;
  } catch (const base::Error& error) {
    streams.err << "error: " << base::redactor().clean(error.text()) << "\n";
  } catch (const std::exception& error) {
    streams.err << "error: " << error.what() << "\n";
  }
  return exit_failed;
}

}  // namespace cli
