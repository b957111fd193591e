#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace cli {

/// What a command talks to. Results go to `out`, words for people to `err`.
struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool colour = false;  ///< whether `err` is a terminal
};

/// Exit codes of `estaleiro`.
inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;         ///< an error, said on `err`
inline constexpr int exit_usage = 2;          ///< the command line makes no sense
inline constexpr int exit_not_formatted = 3;  ///< `fmt --check` found something to change

/// The `estaleiro` command: parses `arguments` (without the program's name), runs what they ask for, returns the exit
/// code. The one place where an error of a command ends.
int run(std::vector<std::string> arguments, Streams& streams);

}  // namespace cli
