#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/command_list.h"
#include "cli/commands.h"
#include "core/base/text.h"

namespace cli {
namespace {

std::string joined(const std::vector<std::string>& words) { return base::join(words, " "); }

std::string names_of(const std::vector<CommandText>& commands) {
  std::vector<std::string> names;
  for (const auto& command : commands) names.push_back(command.name);
  return joined(names);
}

/// What is offered behind the words of a command, as a branch of a `case` over the word at `depth`.
std::string bash_branch(const CommandText& command, std::size_t depth) {
  const std::string indent(2 * depth + 2, ' ');
  std::string out = indent + command.name + ")\n";
  if (!command.commands.empty()) {
    out += indent + "  words='" + names_of(command.commands) + "'\n" + indent + "  case ${COMP_WORDS[" +
           std::to_string(depth + 1) + "]} in\n";
    for (const auto& each : command.commands) out += bash_branch(each, depth + 1);
    return out + indent + "  esac ;;\n";
  }
  std::vector<std::string> options, files;
  for (const auto& option : command.options) {
    options.insert(options.end(), option.names.begin(), option.names.end());
    if (option.is_file) files.insert(files.end(), option.names.begin(), option.names.end());
  }
  return out + indent + "  words= options='" + joined(options) + "'\n" + indent + "  files='" + joined(files) +
         "' ;;\n";
}

std::string bash(const std::vector<CommandText>& commands) {
  std::string cases;
  for (const auto& command : commands) cases += bash_branch(command, 1);
  return "# bash completion for estaleiro: source <(estaleiro completion bash)\n"
         "_estaleiro() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words= options= files=\n"
         "  if [[ $COMP_CWORD -eq 1 ]]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W '" +
         names_of(commands) +
         " --help --version' -- \"$word\")\n"
         "    return\n"
         "  fi\n"
         "  case ${COMP_WORDS[1]} in\n" +
         cases +
         "    *) return ;;\n"
         "  esac\n"
         "  if [[ -n $words ]]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$words --help\" -- \"$word\")\n"
         "  elif [[ $word == -* && \" $files \" != *\" $before \"* ]]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
         "  else\n"
         "    compopt -o filenames 2>/dev/null\n"
         "    mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
         "  fi\n"
         "}\n"
         "complete -F _estaleiro estaleiro\n";
}

/// `text` within single quotes of zsh, without what _arguments takes for its own.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

/// Offers `commands` and, behind one of them, what it takes.
std::string zsh_commands(const std::vector<CommandText>& commands, const std::string& indent) {
  std::string list, cases;
  for (const auto& command : commands) {
    list += indent + "  '" + command.name + ":" + zsh_text(command.description) + "'\n";
    cases += indent + "  " + command.name + ")\n";
    if (!command.commands.empty()) {
      cases += zsh_commands(command.commands, indent + "    ") + indent + "    ;;\n";
      continue;
    }
    cases += indent + "    _arguments";
    for (const auto& option : command.options) {
      std::string value = option.value.empty() ? "" : ":" + zsh_text(option.value) + (option.is_file ? ":_files" : ":");
      for (const auto& name : option.names)
        cases += " \\\n" + indent + "      '*" + name + "[" + zsh_text(option.description) + "]" + value + "'";
    }
    cases += " \\\n" + indent + "      '*:file:_files' ;;\n";
  }
  return indent + "commands=(\n" + list + indent + ")\n" + indent + "if (( CURRENT == 2 )); then\n" + indent +
         "  _describe command commands\n" + indent + "  return\n" + indent + "fi\n" + indent + "command=$words[2]\n" +
         indent + "shift words\n" + indent + "(( CURRENT-- ))\n" + indent + "case $command in\n" + cases + indent +
         "esac\n";
}

std::string zsh(const std::vector<CommandText>& commands) {
  return "#compdef estaleiro\n"
         "# zsh completion for estaleiro: as _estaleiro in a directory of $fpath, or, behind compinit,\n"
         "# source <(estaleiro completion zsh)\n"
         "_estaleiro() {\n"
         "  local -a commands\n"
         "  local command\n" +
         zsh_commands(commands, "  ") +
         "}\n"
         // Out of $fpath this file is itself the body of the function, run for the first completion.
         "if [[ ${funcstack[1]} == _estaleiro ]]; then _estaleiro \"$@\"; else compdef _estaleiro estaleiro; fi\n";
}

}  // namespace

void add_completion(CLI::App& app, Streams& streams, Action& action) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "Writes a completion script for bash or zsh");
  command->add_option("shell", *shell, "bash or zsh")->required()->check(CLI::IsMember({"bash", "zsh"}));
  command->callback([shell, &app, &streams, &action] {
    action = [shell, &app, &streams] {
      auto commands = command_list(app);
      streams.out << (*shell == "bash" ? bash(commands) : zsh(commands));
      return exit_ok;
    };
  });
}

}  // namespace cli
