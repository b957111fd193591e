#pragma once

#include <functional>

#include "cli/run.h"

namespace CLI {
class App;
}

namespace cli {

/// What the command line asked for; returns the exit code, throws base::Error.
using Action = std::function<int()>;

/// Each adds one command to `app`; when the command line names it, parsing sets `action`. `streams` and `action` must
/// outlive that.
void add_bom(CLI::App& app, Streams& streams, Action& action);
void add_build(CLI::App& app, Streams& streams, Action& action);
void add_completion(CLI::App& app, Streams& streams, Action& action);
void add_config(CLI::App& app, Streams& streams, Action& action);
void add_fmt(CLI::App& app, Streams& streams, Action& action);
void add_frontend(CLI::App& app, Streams& streams, Action& action);
void add_graph(CLI::App& app, Streams& streams, Action& action);
void add_man(CLI::App& app, Streams& streams, Action& action);
void add_validate(CLI::App& app, Streams& streams, Action& action);
/// A command of `bom`.
void add_verify(CLI::App& bom, Streams& streams, Action& action);

}  // namespace cli
