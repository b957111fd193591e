#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/command_list.h"
#include "cli/commands.h"
#include "core/base/text.h"

namespace cli {
namespace {

std::string joined(const std::vector<std::string>& words) { return base::join(words, " "); }

std::string bash(const std::vector<CommandText>& commands) {
  std::vector<std::string> names;
  std::string cases;
  for (const auto& command : commands) {
    names.push_back(command.name);
    std::vector<std::string> options, files;
    for (const auto& option : command.options) {
      options.insert(options.end(), option.names.begin(), option.names.end());
      if (option.is_file) files.insert(files.end(), option.names.begin(), option.names.end());
    }
    cases +=
        "    " + command.name + ")\n      options='" + joined(options) + "'\n      files='" + joined(files) + "' ;;\n";
  }
  return "# bash completion for estaleiro: source <(estaleiro completion bash)\n"
         "_estaleiro() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options= files=\n"
         "  if [[ $COMP_CWORD -eq 1 ]]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W '" +
         joined(names) +
         " --help --version' -- \"$word\")\n"
         "    return\n"
         "  fi\n"
         "  case ${COMP_WORDS[1]} in\n" +
         cases +
         "    *) return ;;\n"
         "  esac\n"
         "  if [[ $word == -* && \" $files \" != *\" $before \"* ]]; then\n"
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

std::string zsh(const std::vector<CommandText>& commands) {
  std::string list, cases;
  for (const auto& command : commands) {
    list += "    '" + command.name + ":" + zsh_text(command.description) + "'\n";
    cases += "    " + command.name + ")\n      _arguments";
    for (const auto& option : command.options) {
      std::string value = option.value.empty() ? "" : ":" + zsh_text(option.value) + (option.is_file ? ":_files" : ":");
      for (const auto& name : option.names)
        cases += " \\\n        '*" + name + "[" + zsh_text(option.description) + "]" + value + "'";
    }
    cases += " \\\n        '*:file:_files' ;;\n";
  }
  return "#compdef estaleiro\n"
         "# zsh completion for estaleiro: estaleiro completion zsh > a directory of $fpath/_estaleiro\n"
         "_estaleiro() {\n"
         "  local -a commands\n"
         "  commands=(\n" +
         list +
         "  )\n"
         "  if (( CURRENT == 2 )); then\n"
         "    _describe command commands\n"
         "    return\n"
         "  fi\n"
         "  local command=$words[2]\n"
         "  shift words\n"
         "  (( CURRENT-- ))\n"
         "  case $command in\n" +
         cases +
         "  esac\n"
         "}\n"
         "compdef _estaleiro estaleiro\n";
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
