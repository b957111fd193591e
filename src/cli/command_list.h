#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace cli {

/// The command line as it is, for what is made from it: completions, the manual page.
struct OptionText {
  std::vector<std::string> names;  ///< "-f", "--file"; empty for a positional argument
  std::string description;
  std::string value;  ///< what it takes: "FILE"; empty for a flag. Of a positional argument its name
  bool is_file = false;
};
struct CommandText {
  std::string name, description;
  std::vector<OptionText> options;
  std::vector<CommandText> commands;  ///< its own: "get" of "bom"
};
std::vector<CommandText> command_list(const CLI::App& app);

}  // namespace cli
