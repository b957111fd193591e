#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/recipe_options.h"
#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/hcl/format.h"

namespace cli {
namespace {

struct FmtOptions {
  bool check = false;
  std::vector<std::string> files;
};

/// The canonical text. Throws invalid with every syntax error.
std::string formatted(const std::shared_ptr<const hcl::File>& file) {
  hcl::Diagnostics diagnostics;
  std::string text = hcl::format(file, diagnostics);
  diagnostics.throw_if_errors();
  return text;
}

/// Returns whether it was in canonical layout.
bool format_stdin(bool check, Streams& streams) {
  const auto file = hcl::File::make("stdin", read_stream(streams.in, hcl::max_file_bytes, "stdin"));
  const std::string text = formatted(file);
  if (!check) streams.out << text;
  return text == file->text();
}

/// Rewrites a file in place, if need be: what a link points to, with the permissions it had.
bool format_file(const std::string& name, bool check, Streams& streams) {
  const auto file = hcl::File::make(name, base::read_file(name, hcl::max_file_bytes));
  const std::string text = formatted(file);
  if (text == file->text()) return true;
  streams.out << name << "\n";
  if (check) return false;
  const std::filesystem::path target = std::filesystem::canonical(name);
  struct stat status {};
  if (stat(target.c_str(), &status) != 0) throw base::errno_error("stat " + name, errno);
  base::write_file(target, text, status.st_mode & 07777);
  return false;
}

int fmt(const FmtOptions& options, Streams& streams) {
  bool canonical = true;
  std::size_t failed = 0;
  for (const std::string& file : options.files) {
    try {
      const bool fine = file == "-" ? format_stdin(options.check, streams) : format_file(file, options.check, streams);
      canonical = canonical && fine;
    } catch (const base::Error& error) {
      streams.err << "error: " << error.text() << "\n";
      ++failed;
    }
  }
  if (failed > 0) return exit_failed;
  return options.check && !canonical ? exit_not_formatted : exit_ok;
}

}  // namespace

void add_fmt(CLI::App& app, Streams& streams, Action& action) {
  auto options = std::make_shared<FmtOptions>();
  CLI::App* command = app.add_subcommand("fmt", "Rewrites recipes in canonical layout and names those that changed");
  command->add_flag("--check", options->check, "Changes nothing; exit code 3 if a file is not in canonical layout");
  command->add_option("files", options->files, "Files, or - for stdin to stdout; estaleiro.hcl by default");
  command->callback([options, &streams, &action] {
    if (options->files.empty()) options->files = {"estaleiro.hcl"};
    action = [options, &streams] { return fmt(*options, streams); };
  });
}

}  // namespace cli
