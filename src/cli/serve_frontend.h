#pragma once

#include <iosfwd>

namespace cli {

/// The BuildKit frontend on standard input and output: what a frontend's container runs. What goes wrong is told to the
/// daemon, and its text written to `err`. Returns only when that happened, else the process ends here, with 0: the
/// daemon waits for that, not for an orderly end of its connection. Throws invalid when a terminal is in the place of
/// the pipes, or the environment is not BuildKit's, and unavailable when the daemon went away.
void serve_frontend(std::ostream& err);

}  // namespace cli
