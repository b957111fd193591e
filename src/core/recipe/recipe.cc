#include "core/recipe/recipe.h"

#include "core/hcl/parser.h"
#include "core/recipe/check.h"
#include "core/recipe/context.h"
#include "core/recipe/decode.h"

namespace recipe {

namespace {

void decode(Recipe& recipe, const Variables& given, hcl::Diagnostics& diagnostics) {
  const hcl::Document document = hcl::parse(recipe.file, diagnostics);
  // What is missing from a file with syntax errors may be in the part that could not be read.
  if (diagnostics.has_errors()) return;

  Context context(given, diagnostics);
  context.declare(document.body());
  Reader reader(schema::root(), document.body(), context);
  reader.each("image", [&](Reader& block) { recipe.image = decode_image(block); });
  reader.each("step", [&](Reader& block) { recipe.steps.push_back(decode_step(block)); });
  reader.each("tarball", [&](Reader& block) { recipe.tarballs.push_back(decode_tarball(block)); });
  reader.each("policy", [&](Reader& block) { recipe.policy = decode_policy(block); });
  recipe.variables = context.used();
  check(recipe, diagnostics);
}

}  // namespace

Recipe load(std::shared_ptr<const hcl::File> file, const Variables& given, hcl::Diagnostics& diagnostics) {
  Recipe recipe;
  recipe.file = std::move(file);
  hcl::Diagnostics found;
  decode(recipe, given, found);
  found.sort_by_place();
  diagnostics.add(std::move(found));
  return recipe;
}

Recipe load(std::string text, std::string file_name, const Variables& given, hcl::Diagnostics& diagnostics) {
  return load(hcl::File::make(std::move(file_name), std::move(text)), given, diagnostics);
}

Recipe load(std::shared_ptr<const hcl::File> file, const Variables& given) {
  hcl::Diagnostics diagnostics;
  Recipe recipe = load(std::move(file), given, diagnostics);
  diagnostics.throw_if_errors();
  return recipe;
}

base::Error error_at(const Recipe&, const hcl::Range& range, std::string message, base::Kind kind) {
  base::Error error(kind, (range ? range.place() + ": " : "") + message);
  if (range) {
    std::string excerpt = hcl::excerpt(range);
    while (excerpt.ends_with('\n')) excerpt.pop_back();
    error.excerpt(std::move(excerpt));
  }
  return error;
}

}  // namespace recipe
