#include "core/recipe/schema.h"

#include <doctest/doctest.h>

#include "core/recipe/reference.h"
#include "tests/recipe/support.h"
#include "tests/support/golden.h"

namespace schema = recipe::schema;

namespace {

const std::string begin = "<!-- begin: estaleiro config --reference -->\n";
const std::string end = "<!-- end -->\n";

}  // namespace

TEST_CASE("docs/recipe.md holds the reference that the table gives") {
  const std::filesystem::path file = std::filesystem::path(TEST_DATA) / "../../../docs/recipe.md";
  const std::string text = golden::read(file);
  const std::size_t from = text.find(begin), to = text.find(end);
  REQUIRE(from != std::string::npos);
  REQUIRE(to != std::string::npos);
  golden::check(file, text.substr(0, from + begin.size()) + "\n" + recipe::reference() + "\n" + text.substr(to));
}

TEST_CASE("every row says what it means") {
  std::vector<const schema::Block*> blocks = {&schema::root()};
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    for (const schema::Child& child : blocks[i]->children) blocks.push_back(child.block);
    CHECK((i == 0 || blocks[i]->doc.ends_with('.')));
    for (const schema::Attribute& attribute : blocks[i]->attributes) {
      CAPTURE(attribute.name);
      CHECK(attribute.doc.ends_with('.'));
    }
  }
}
