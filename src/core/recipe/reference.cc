#include "core/recipe/reference.h"

#include <algorithm>
#include <vector>

#include "core/recipe/functions.h"
#include "core/recipe/schema.h"

namespace recipe {
namespace {

using schema::Attribute;
using schema::Block;
using schema::Child;
using schema::Count;

/// A '|' would end the cell.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string header(const Block& block) {
  const std::string label = block.label.empty() ? "" : " \"" + std::string(block.label) + "\"";
  return std::string(block.type) + label;
}

std::string_view count(Count how_often) {
  switch (how_often) {
    case Count::once:
      return "exactly one";
    case Count::optional:
      return "at most one";
    case Count::many:
      return "any number";
    case Count::one_of:
      return "exactly one of these";
  }
  return "";
}

std::string fallback(const Attribute& attribute) {
  if (attribute.required) return "**required**";
  if (attribute.fallback.empty()) return "";
  const bool literal = !attribute.choices.empty() || attribute.fallback == "false" || attribute.fallback == "[]" ||
                       attribute.fallback == "{}" || attribute.fallback == "." || attribute.fallback == "latest";
  return literal ? "`" + std::string(attribute.fallback) + "`" : std::string(attribute.fallback);
}

/// Appends `block` and all inside it, each once, in the order of the table.
void collect(const Block& block, std::vector<const Block*>& found) {
  if (std::find(found.begin(), found.end(), &block) != found.end()) return;
  found.push_back(&block);
  for (const Child& child : block.children) collect(*child.block, found);
}

/// "in `step`, `tarball`"; "at the top of the file".
std::string parents(const Block& block, const std::vector<const Block*>& all) {
  std::string names;
  for (const Block* parent : all) {
    for (const Child& child : parent->children) {
      if (child.block != &block) continue;
      if (parent->type.empty()) return "At the top of the file";
      names += (names.empty() ? "In `" : ", `") + std::string(parent->type) + "`";
    }
  }
  return names;
}

void add_children(const Block& block, std::string& out) {
  if (block.children.empty()) return;
  out += "\n| block | how often |\n|---|---|\n";
  for (const Child& child : block.children) {
    out += "| `" + header(*child.block) + "` | " + std::string(count(child.count)) + " |\n";
  }
}

void describe(const Block& block, const std::vector<const Block*>& all, std::string& out) {
  out += "\n### `" + header(block) + "`\n\n" + parents(block, all) + ". " + std::string(block.doc) + "\n";
  if (!block.attributes.empty()) {
    out += "\n| argument | type | default | meaning |\n|---|---|---|---|\n";
    for (const Attribute& attribute : block.attributes) {
      out += "| `" + std::string(attribute.name) + "` | " + std::string(schema::type_name(attribute.type)) + " | " +
             cell(fallback(attribute)) + " | " + cell(attribute.doc) + " |\n";
    }
  }
  add_children(block, out);
}

}  // namespace

std::string reference() {
  std::string out = "## Blocks\n";
  std::vector<const Block*> all;
  collect(schema::root(), all);
  add_children(schema::root(), out);
  for (const Block* block : all) {
    if (block != &schema::root()) describe(*block, all, out);
  }

  out += "\n## Functions\n\n| function | result |\n|---|---|\n";
  for (const auto& [name, function] : functions().all()) {
    out += "| `" + cell(function.signature()) + "` | " + cell(function.summary) + " |\n";
  }
  return out;
}

}  // namespace recipe
