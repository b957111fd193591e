#include <doctest/doctest.h>

#include <algorithm>

#include "tests/recipe/support.h"
#include "tests/support/golden.h"

namespace {

std::vector<std::filesystem::path> recipes(const char* directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(TEST_DATA) / directory)) {
    if (entry.path().extension() == ".hcl") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  REQUIRE(!files.empty());
  return files;
}

/// All that is said about a recipe, as a person sees it.
recipe_test::Loaded check_golden(std::filesystem::path file) {
  recipe_test::Loaded loaded = recipe_test::load(golden::read(file));
  golden::check(file.replace_extension(".txt"), loaded.text());
  return loaded;
}

}  // namespace

TEST_CASE("each recipe that is wrong in one way gets exactly the messages beside it") {
  for (const auto& file : recipes("errors")) {
    CAPTURE(file.filename().string());
    CHECK(check_golden(file).diagnostics.has_errors());
  }
}

TEST_CASE("each recipe that is only doubtful gets exactly the warnings beside it") {
  for (const auto& file : recipes("warnings")) {
    CAPTURE(file.filename().string());
    const auto loaded = check_golden(file);
    CHECK(!loaded.diagnostics.has_errors());
    CHECK(!loaded.diagnostics.empty());
  }
}

TEST_CASE("a good recipe gets no message at all") {
  for (const auto& file : recipes("good")) {
    CAPTURE(file.filename().string());
    CHECK(recipe_test::load(golden::read(file)).text() == "");
  }
}

TEST_CASE("the throwing form shows every error and drops the warnings") {
  const std::string text = recipe_test::image("  user = \"a b\"\n  workdir = \"c\"") + "tarball \"unused\" {}\n";
  try {
    recipe::load(hcl::File::make("estaleiro.hcl", text), {});
    FAIL("it did not throw");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::Kind::invalid);
    CHECK(error.text() ==
          "'a b' names no user (and 1 more error)\n"
          "estaleiro.hcl:3:10: error: 'a b' names no user\n"
          "  3 |   user = \"a b\"\n"
          "    |          ^^^^^ write user, user:group or numbers, as \"1000:1000\"\n"
          "\n"
          "estaleiro.hcl:4:13: error: 'c' is not absolute\n"
          "  4 |   workdir = \"c\"\n"
          "    |             ^^^ write '/c'");
  }
}

TEST_CASE("an error of the build shows its place in the recipe") {
  const auto loaded = recipe_test::load(recipe_test::image("  user = \"app\""));
  const base::Error error =
      recipe::error_at(loaded.recipe, loaded.recipe.image.user->range, "there is no user 'app'", base::Kind::failed);
  CHECK(error.kind() == base::Kind::failed);
  CHECK(error.text() ==
        "estaleiro.hcl:3:10: there is no user 'app'\n"
        "  3 |   user = \"app\"\n"
        "    |          ^^^^^");
}
