#include <CLI/CLI.hpp>
#include <ostream>

#include "cli/command_list.h"
#include "cli/commands.h"

namespace cli {
namespace {

/// Text for troff: nothing in it is a request or an escape.
std::string roff(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

/// A command with its options, and the commands below it. `above` is what stands before its name.
std::string section(const CommandText& command, const std::string& above) {
  const std::string name = above + command.name;
  std::string out = ".SS estaleiro " + roff(name) + "\n" + roff(command.description) + ".\n";
  for (const auto& option : command.options) {
    std::string names;
    for (const auto& each : option.names) names += (names.empty() ? "\\fB" : ", \\fB") + roff(each) + "\\fR";
    if (!option.value.empty()) names += (names.empty() ? "\\fI" : " \\fI") + roff(option.value) + "\\fR";
    out += ".TP\n" + names + "\n" + roff(option.description) + ".\n";
  }
  for (const auto& each : command.commands) out += section(each, name + " ");
  return out;
}

std::string page(const std::vector<CommandText>& commands) {
  std::string out =
      ".TH ESTALEIRO 1 \"\" \"estaleiro " ESTALEIRO_VERSION
      "\" \"User Commands\"\n"
      ".SH NAME\nestaleiro \\- builds container images with a bill of materials\n"
      ".SH SYNOPSIS\n.B estaleiro\n.I COMMAND\n[\\fIOPTION\\fR]...\n"
      ".SH DESCRIPTION\n"
      "A recipe,\n.IR estaleiro.hcl ,\n"
      "describes an image: a base image, apt packages, and files out of tarballs and Dockerfile builds, each with the "
      "repository and commit it came from.\n"
      ".B estaleiro\nbuilds it with BuildKit, together with a bill that says what is in it and where every bit came "
      "from.\n"
      ".SH COMMANDS\n";
  for (const auto& command : commands) out += section(command, "");
  out +=
      ".SH ENVIRONMENT\n"
      ".TP\n.B BUILDKIT_HOST\nThe engine, when \\-\\-addr names none.\n"
      ".TP\n.B DOCKER_CONFIG\nThe directory of Docker's config.json, from which credentials of registries come.\n"
      ".TP\n.B SOURCE_DATE_EPOCH\nThe time that stands for now in the image, in seconds since 1970.\n"
      ".SH EXIT STATUS\n"
      "0 for success, 1 for an error, 2 for a command line that makes no sense, 3 when \\fBfmt \\-\\-check\\fR found "
      "something to change, 128 and the signal's number when a signal stopped a build.\n"
      ".SH EXAMPLES\n"
      ".EX\nestaleiro build \\-\\-tag registry.example/team/app:1.0 \\-\\-push .\n"
      "estaleiro build \\-\\-target bom \\-\\-output out/ .\n"
      "estaleiro graph \\-\\-output graph.svg\n.EE\n"
      ".SH SEE ALSO\n.BR docker\\-buildx\\-build (1),\n.BR buildctl (1)\n";
  return out;
}

}  // namespace

void add_man(CLI::App& app, Streams& streams, Action& action) {
  CLI::App* command = app.add_subcommand("man", "Writes the manual page: estaleiro man | man -l -");
  command->callback([&app, &streams, &action] {
    action = [&app, &streams] {
      streams.out << page(command_list(app));
      return exit_ok;
    };
  });
}

}  // namespace cli
