#include "core/recipe/reference.h"

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

void describe(const Block& block, const std::string& path, std::string& out) {
  const std::string here = path.empty() ? header(block) : path + " › " + header(block);
  out += "\n### `" + here + "`\n\n" + std::string(block.doc) + "\n";
  if (!block.attributes.empty()) {
    out += "\n| argument | type | default | meaning |\n|---|---|---|---|\n";
    for (const Attribute& attribute : block.attributes) {
      out += "| `" + std::string(attribute.name) + "` | " + std::string(schema::type_name(attribute.type)) + " | " +
             cell(fallback(attribute)) + " | " + cell(attribute.doc) + " |\n";
    }
  }
  if (!block.children.empty()) {
    out += "\n| block | how often |\n|---|---|\n";
    for (const Child& child : block.children) {
      out += "| `" + header(*child.block) + "` | " + std::string(count(child.count)) + " |\n";
    }
  }
  for (const Child& child : block.children) describe(*child.block, here, out);
}

}  // namespace

std::string reference() {
  std::string out = "## Blocks\n\n| block | how often |\n|---|---|\n";
  for (const Child& child : schema::root().children) {
    out += "| `" + header(*child.block) + "` | " + std::string(count(child.count)) + " |\n";
  }
  for (const Child& child : schema::root().children) describe(*child.block, "", out);

  out += "\n## Functions\n\n| function | result |\n|---|---|\n";
  for (const auto& [name, function] : functions().all()) {
    out += "| `" + cell(function.signature()) + "` | " + cell(function.summary) + " |\n";
  }
  return out;
}

}  // namespace recipe
