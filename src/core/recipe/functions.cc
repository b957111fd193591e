#include "core/recipe/functions.h"

#include "core/recipe/yaml_value.h"

namespace recipe {
namespace {

hcl::FunctionTable with_yaml() {
  hcl::FunctionTable table = hcl::standard_functions();
  hcl::Function yaml;
  yaml.name = "yamldecode";
  yaml.summary = "the value that a text in YAML stands for";
  yaml.parameters = {{"text", hcl::Type::string()}};
  yaml.implementation = [](hcl::Arguments& arguments) {
    try {
      return decode_yaml(arguments[0].as_string(), arguments.budget());
    } catch (const base::Error& error) {
      throw arguments.problem(0, error.message());
    }
  };
  table.add(std::move(yaml));
  return table;
}

}  // namespace

const hcl::FunctionTable& functions() {
  static const hcl::FunctionTable table = with_yaml();
  return table;
}

}  // namespace recipe
