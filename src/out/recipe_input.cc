#include "out/recipe_input.h"

#include "core/base/error.h"
#include "core/base/inside.h"
#include "core/base/text.h"
#include "core/hcl/diagnostics.h"
#include "core/hcl/source.h"
#include "core/resource/run.h"

namespace out {
namespace {

constexpr std::uint64_t max_vars_bytes = 1u << 20;

recipe::Variables read_variables(const resource::PutParams& params, const std::filesystem::path& inputs) {
  recipe::Variables out;
  for (const auto& file : params.vars_files)
    recipe::add_vars_file(out, base::read_file_inside(inputs, file, "params.vars_files", max_vars_bytes), file);
  for (const auto& [name, value] : params.vars) {
    if (!recipe::is_variable_name(name))
      throw base::Error(base::Kind::invalid, "params.vars has " + base::quoted(name) + ", which no recipe can name");
    out.insert_or_assign(name, recipe::Given{value, "params.vars"});
  }
  return out;
}

}  // namespace

recipe::Recipe load_recipe(const resource::PutParams& params, const std::filesystem::path& inputs) {
  auto variables = read_variables(params, inputs);
  std::filesystem::path context = base::path_inside(inputs, params.context, "params.context");
  const std::string name = params.file.empty() ? "estaleiro.hcl" : params.file;
  std::string text;
  try {
    text = base::read_file_inside(context, name, "params.file", hcl::max_file_bytes);
  } catch (base::Error& error) {
    error.fix("params.file names the recipe relative to params.context; it is estaleiro.hcl by default");
    throw;
  }
  hcl::Diagnostics problems;
  recipe::Recipe recipe = recipe::load(hcl::File::make(name, std::move(text)), variables, problems);
  problems.throw_if_errors();
  if (!problems.empty()) resource::log(hcl::render(problems, hcl::Colour::always));
  return recipe;
}

}  // namespace out
