#include "cli/recipe_options.h"

#include <CLI/CLI.hpp>
#include <istream>

#include "core/base/error.h"
#include "core/base/fd.h"
#include "core/base/text.h"

namespace cli {
namespace {

constexpr std::size_t max_vars_file_bytes = 1 << 20;

}  // namespace

void RecipeOptions::add_to(CLI::App& command) {
  command.add_option("-f,--file", file, "The recipe, or - for stdin")->capture_default_str();
  // One value each: what follows is the next option or nothing.
  command.add_option("--var", vars, "A variable, as name=value; may be repeated")->allow_extra_args(false);
  command.add_option("--vars-file", vars_files, "A YAML or JSON map of variables; may be repeated, later ones win")
      ->allow_extra_args(false);
}

std::shared_ptr<const hcl::File> RecipeOptions::read(Streams& streams) const {
  if (file == "-") return hcl::File::make("stdin", read_stream(streams.in, hcl::max_file_bytes, "stdin"));
  return hcl::File::make(file, base::read_file(file, hcl::max_file_bytes));
}

recipe::Variables RecipeOptions::variables() const {
  recipe::Variables variables;
  for (const std::string& name : vars_files) {
    recipe::add_vars_file(variables, base::read_file(name, max_vars_file_bytes), name);
  }
  for (const std::string& assignment : vars) recipe::add_assignment(variables, assignment, "--var");
  return variables;
}

std::string read_stream(std::istream& stream, std::size_t max_bytes, const std::string& name) {
  std::string text;
  char buffer[16384];
  while (stream.read(buffer, sizeof buffer), stream.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(stream.gcount()));
    if (text.size() > max_bytes) {
      throw base::Error(base::Kind::invalid, name + " has more than " + base::human_bytes(max_bytes));
    }
  }
  if (stream.bad()) throw base::Error(base::Kind::failed, "cannot read " + name);
  return text;
}

}  // namespace cli
