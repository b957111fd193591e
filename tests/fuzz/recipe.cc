#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/recipe/recipe.h"
#include "core/recipe/syntax.h"
#include "core/recipe/yaml_value.h"

namespace {

template <class Parse>
void try_parse(Parse&& parse, std::string_view text) {
  try {
    parse(text);
  } catch (const base::Error&) {
  }
}

void load(std::string_view text) {
  const recipe::Variables given = {{"commit", {"49b6936ef130793fff677038891e517718c2baf8", "fuzz"}},
                                   {"release", {"sid", "fuzz"}}};
  hcl::Diagnostics diagnostics;
  const recipe::Recipe recipe = recipe::load(std::string(text), "fuzz.hcl", given, diagnostics);
  hcl::render(diagnostics);
  hcl::to_json(diagnostics);
}

}  // namespace

/// The first byte says who reads the rest: the recipe, a vars file, yamldecode, or a little language.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.empty()) return 0;
  const std::string_view rest = text.substr(1);
  switch (text.front()) {
    case '0':
      try_parse(
          [](std::string_view one) {
            recipe::Variables variables;
            recipe::add_vars_file(variables, one, "f");
          },
          rest);
      break;
    case '1':
      try_parse(
          [](std::string_view one) {
            hcl::Budget budget;
            recipe::decode_yaml(one, budget);
          },
          rest);
      break;
    case '2':
      try_parse(recipe::syntax::repository_line, rest);
      try_parse(recipe::syntax::duration, rest);
      try_parse(recipe::syntax::byte_size, rest);
      try_parse(recipe::syntax::snapshot_time, rest);
      try_parse(recipe::syntax::absolute_path, rest);
      break;
    case '3': {
      const std::size_t half = rest.size() / 2;
      recipe::pattern_problem(rest.substr(0, half));
      recipe::matches(rest.substr(0, half), rest.substr(half));
      break;
    }
    default:
      try_parse(load, text);
  }
  return 0;
}
