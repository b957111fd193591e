#pragma once

#include <string>

#include "core/hcl/diagnostics.h"
#include "core/recipe/recipe.h"

namespace recipe_test {

inline const std::string commit = "49b6936ef130793fff677038891e517718c2baf8";

/// What the recipes in tests/data/recipe may use.
inline recipe::Variables variables() {
  return {{"commit", {commit, "--var"}}, {"empty", {"", "--var"}}, {"release", {"sid", "vars"}}};
}

struct Loaded {
  recipe::Recipe recipe;
  hcl::Diagnostics diagnostics;
  std::string text() const { return hcl::render(diagnostics); }
};

inline Loaded load(const std::string& text, const recipe::Variables& given = variables()) {
  Loaded loaded;
  loaded.recipe = recipe::load(text, "estaleiro.hcl", given, loaded.diagnostics);
  return loaded;
}

/// An image on debian with `body` in its block.
inline std::string image(const std::string& body) {
  return "image \"x\" {\n  base_image = \"debian\"\n" + body + "\n}\n";
}

}  // namespace recipe_test
