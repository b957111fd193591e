#include "cli/schema_json.h"

#include <algorithm>

#include "core/recipe/schema.h"

namespace cli {
namespace {

using json::Ordered;
namespace schema = recipe::schema;

Ordered type_of(const schema::Attribute& attribute) {
  switch (attribute.type) {
    case schema::Type::text:
      if (!attribute.choices.empty()) {
        Ordered values = Ordered::array();
        for (const std::string_view choice : attribute.choices) values.push_back(choice);
        return {{"enum", std::move(values)}};
      }
      return {{"type", "string"}, {"minLength", 1}};
    case schema::Type::long_text:
      return {{"type", "string"}};
    case schema::Type::boolean:
      return {{"type", "boolean"}};
    case schema::Type::number:
      return {{"type", "integer"}};
    case schema::Type::texts:
      return {{"type", "array"}, {"items", {{"type", "string"}, {"minLength", 1}}}};
    case schema::Type::long_texts:
      return {{"type", "array"}, {"items", {{"type", "string"}}}};
    case schema::Type::map:
      return {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}};
    case schema::Type::any:
      return Ordered::object();
  }
  return Ordered::object();
}

Ordered block_schema(const schema::Block& block);

/// What evaluation has used up is not in its result.
bool evaluated_away(const schema::Block& block) { return block.type == "variable" || block.type == "locals"; }

void add_children(const schema::Block& block, Ordered& properties, Ordered& required, Ordered& alternatives) {
  for (const schema::Child& child : block.children) {
    const std::string type(child.block->type);
    // `base_image` is an argument too: the evaluated one has that form.
    if (evaluated_away(*child.block) || properties.contains(type)) continue;
    Ordered one = block_schema(*child.block);
    if (child.count == schema::Count::many) {
      properties[type] = {{"type", "array"}, {"items", std::move(one)}};
    } else {
      properties[type] = std::move(one);
    }
    if (child.count == schema::Count::once) required.push_back(type);
    if (child.count == schema::Count::one_of) alternatives.push_back({{"required", {type}}});
  }
}

Ordered block_schema(const schema::Block& block) {
  Ordered out = {{"type", "object"}};
  if (!block.doc.empty()) out["description"] = block.doc;
  Ordered properties = Ordered::object(), required = Ordered::array(), alternatives = Ordered::array();
  if (!block.label.empty()) {
    properties[std::string(block.label)] = {{"type", "string"}, {"minLength", 1}};
    required.push_back(block.label);
  }
  for (const schema::Attribute& attribute : block.attributes) {
    Ordered one = type_of(attribute);
    one["description"] = attribute.doc;
    properties[std::string(attribute.name)] = std::move(one);
    if (attribute.required) required.push_back(attribute.name);
  }
  add_children(block, properties, required, alternatives);
  out["properties"] = std::move(properties);
  if (!required.empty()) out["required"] = std::move(required);
  if (!alternatives.empty()) out["oneOf"] = std::move(alternatives);
  out["additionalProperties"] = false;
  return out;
}

const schema::Block& find(const schema::Block& block, std::string_view type) {
  return *std::find_if(block.children.begin(), block.children.end(), [&](const schema::Child& child) {
            return child.block->type == type;
          })->block;
}

}  // namespace

Ordered config_schema() {
  Ordered out = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "What `estaleiro config --json` prints"}};
  out.update(block_schema(schema::root()));

  // What the evaluated recipe says besides.
  Ordered& file = out["properties"]["image"]["properties"]["file"]["items"]["properties"];
  const schema::Block& step = find(schema::root(), "step");
  file["provenance"] = block_schema(find(find(step, "source_file"), "vcs"));
  file["provenance"]["readOnly"] = true;
  const Ordered text = {{"type", "string"}};
  out["properties"]["variables"] = {
      {"type", "array"},
      {"readOnly", true},
      {"description", "The variables that the recipe used, and where their values came from."},
      {"items", {{"type", "object"}, {"properties", {{"name", text}, {"value", text}, {"origin", text}}}}}};
  return out;
}

}  // namespace cli
