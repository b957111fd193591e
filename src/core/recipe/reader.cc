#include "core/recipe/reader.h"

#include <algorithm>

#include "core/base/text.h"

namespace recipe {
namespace {

/// Why `text` cannot be a value of that type, or "".
std::string text_problem(std::string_view text, schema::Type type) {
  const bool is_long = type == schema::Type::long_text || type == schema::Type::long_texts || type == schema::Type::map;
  const std::size_t limit = is_long ? max_long_text : max_text;
  if (text.size() > limit) {
    return "has " + base::human_bytes(text.size()) + ", at most " + base::human_bytes(limit) + " are allowed";
  }
  if (text.find('\0') != std::string_view::npos) return "has a NUL character";
  if (is_long) return "";
  if (text.empty()) return "is empty";
  if (text.find_first_of("\r\n") != std::string_view::npos) return "has a line break";
  auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return std::any_of(text.begin(), text.end(), control) ? "has a control character" : "";
}

std::string choices(std::span<const std::string_view> values) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == values.size() ? " or " : ", ") + base::quoted(values[i]);
  }
  return text;
}

/// How the block is written: "step \"name\" { … }".
std::string form(const schema::Block& block) {
  const std::string label = block.label.empty() ? "" : " \"" + std::string(block.label) + "\"";
  return std::string(block.type) + label + " { … }";
}

}  // namespace

Reader::Reader(const schema::Block& schema, const hcl::Body& file, Context& context)
    : schema_(schema), body_(file), context_(context), range_{file.range.file, 0, 0} {
  check_body();
}

Reader::Reader(const schema::Block& schema, const hcl::Block& block, Context& context)
    : schema_(schema), body_(block.body), context_(context), range_(block.header()), label_{"", block.header()} {
  check_label(block);
  check_body();
}

void Reader::error(hcl::Range range, std::string summary, std::string detail, std::optional<hcl::Related> related) {
  context_.diagnostics().error(range, std::move(summary), std::move(detail), std::move(related));
}

std::string Reader::what() const { return schema_.type.empty() ? "the file" : "block " + base::quoted(schema_.type); }

void Reader::check_label(const hcl::Block& block) {
  if (schema_.label.empty()) {
    if (!block.labels.empty()) error(block.labels.front().range, what() + " takes no label");
    return;
  }
  if (block.labels.empty()) return error(block.type.range, what() + " needs a label", "write " + form(schema_));
  if (block.labels.size() > 1)
    return error(block.labels[1].range, what() + " takes one label", "write " + form(schema_));
  const hcl::Name& label = block.labels.front();
  if (const std::string problem = text_problem(label.text, schema::Type::text); !problem.empty()) {
    return error(label.range, "the label of " + what() + " " + problem);
  }
  label_ = Text{std::string(label.text), label.range};
}

void Reader::check_body() {
  for (const hcl::Attribute& attribute : body_.attributes) check_unknown_attribute(attribute);
  for (const hcl::Block& block : body_.blocks) check_unknown_block(block);
  check_counts();
}

void Reader::check_unknown_attribute(const hcl::Attribute& attribute) {
  const std::string_view name = attribute.name.text;
  if (schema_.any_attribute || find_column(name)) return;
  if (const schema::Child* child = find_child(name)) {
    return error(attribute.name.range, base::quoted(name) + " is a block, not an argument",
                 "write " + form(*child->block));
  }
  error(attribute.name.range, "unknown argument " + base::quoted(name) + " in " + what(), hint(name));
}

void Reader::check_unknown_block(const hcl::Block& block) {
  const std::string_view type = block.type.text;
  if (find_child(type)) return;
  if (find_column(type)) {
    return error(block.type.range, base::quoted(type) + " is an argument, not a block",
                 "write " + std::string(type) + " = …");
  }
  error(block.type.range, "unknown block " + base::quoted(type) + " in " + what(), hint(type));
}

std::string Reader::hint(std::string_view name) const {
  std::vector<std::string> known;
  for (const schema::Attribute& column : schema_.attributes) known.emplace_back(column.name);
  for (const schema::Child& child : schema_.children) known.emplace_back(child.block->type);
  const std::string suggestion = hcl::suggestion(name, known);
  if (!suggestion.empty()) return suggestion;
  return known.empty() ? "it takes nothing" : "known are " + base::join(known, ", ");
}

void Reader::check_counts() {
  for (const schema::Attribute& column : schema_.attributes) {
    if (column.required && !has(column.name)) {
      error(range_, what() + " has no " + base::quoted(column.name), "add " + std::string(column.name) + " = …");
    }
  }
  std::vector<std::string> alternatives;
  const hcl::Block* chosen = nullptr;
  for (const schema::Child& child : schema_.children) {
    const bool one_of = child.count == schema::Count::one_of;
    if (one_of) alternatives.emplace_back(child.block->type);
    if (child.count == schema::Count::many) continue;
    const hcl::Block* first = nullptr;
    for (const hcl::Block& block : body_.blocks) {
      if (block.type.text != child.block->type) continue;
      if (!first) {
        first = &block;
        continue;
      }
      if (!one_of) {
        error(block.header(), "a second block " + base::quoted(block.type.text) + " in " + what(), "one is allowed",
              hcl::Related{first->header(), "the first is here"});
      }
    }
    if (!first && child.count == schema::Count::once) {
      error(range_, what() + " has no block " + base::quoted(child.block->type), "add " + form(*child.block));
    }
  }
  if (alternatives.empty()) return;
  for (const hcl::Block& block : body_.blocks) {
    const schema::Child* child = find_child(block.type.text);
    if (!child || child->count != schema::Count::one_of) continue;
    if (chosen) {
      error(block.header(),
            what() + " has both " + base::quoted(chosen->type.text) + " and " + base::quoted(block.type.text),
            "exactly one is allowed", hcl::Related{chosen->header(), "the first is here"});
    } else {
      chosen = &block;
    }
  }
  if (!chosen)
    error(range_, what() + " does not say where it comes from", "add one of " + base::join(alternatives, ", "));
}

const hcl::Attribute* Reader::attribute(std::string_view name) const { return body_.attribute(name); }

hcl::Range Reader::place(std::string_view name) const {
  const hcl::Attribute* found = attribute(name);
  return found ? found->expression->range : range_;
}

const schema::Child* Reader::find_child(std::string_view type) const {
  auto found = std::find_if(schema_.children.begin(), schema_.children.end(),
                            [&](const schema::Child& child) { return child.block->type == type; });
  return found == schema_.children.end() ? nullptr : &*found;
}

const schema::Child& Reader::row(std::string_view type) const {
  if (const schema::Child* child = find_child(type)) return *child;
  throw std::logic_error("the schema has no such block: " + std::string(type));
}

const schema::Attribute* Reader::find_column(std::string_view name) const {
  auto found = std::find_if(schema_.attributes.begin(), schema_.attributes.end(),
                            [&](const schema::Attribute& column) { return column.name == name; });
  return found == schema_.attributes.end() ? nullptr : &*found;
}

const schema::Attribute& Reader::column(std::string_view name) const {
  if (const schema::Attribute* column = find_column(name)) return *column;
  throw std::logic_error("the schema has no such argument: " + std::string(name));
}

std::size_t Reader::count(std::string_view type) const {
  return static_cast<std::size_t>(std::count_if(body_.blocks.begin(), body_.blocks.end(),
                                                [&](const hcl::Block& block) { return block.type.text == type; }));
}

std::optional<hcl::Value> Reader::value(std::string_view name) {
  const hcl::Attribute* found = attribute(name);
  if (!found) return std::nullopt;
  hcl::Value value = context_.evaluate(*found->expression);
  if (value.is_unknown()) return std::nullopt;
  if (value.is_null()) {
    if (column(name).required) error(found->expression->range, base::quoted(name) + " is null", "it is required");
    return std::nullopt;
  }
  return value;
}

template <class Where>
std::optional<Text> Reader::one_text(const hcl::Value& value, const schema::Attribute& column, Where&& where) {
  if (value.is_unknown()) return std::nullopt;
  const hcl::Range range = value.range() ? value.range() : place(column.name);
  std::string text;
  if (value.is(hcl::Kind::string)) {
    text = value.as_string();
  } else if (value.is(hcl::Kind::boolean)) {
    text = value.as_boolean() ? "true" : "false";
  } else if (value.is(hcl::Kind::number) && value.as_number().is_integer()) {
    text = value.as_number().text();
  } else {
    // 1.10 as a number is 1.1: nobody who writes a version means that.
    error(range, where() + " is " + value.describe() + ", a string is wanted",
          value.is(hcl::Kind::number) ? "put it in quotes" : "");
    return std::nullopt;
  }
  if (std::string problem = text_problem(text, column.type); !problem.empty()) {
    error(range, where() + " " + problem);
    return std::nullopt;
  }
  return Text{std::move(text), range};
}

std::optional<Text> Reader::text(std::string_view name) {
  const auto found = value(name);
  if (!found) return std::nullopt;
  const schema::Attribute& row = column(name);
  auto text = one_text(*found, row, [&] { return base::quoted(name); });
  if (text && !row.choices.empty() &&
      std::find(row.choices.begin(), row.choices.end(), text->value) == row.choices.end()) {
    error(text->range, base::quoted(name) + " is " + base::quoted(text->value) + ", wanted is " + choices(row.choices),
          hcl::suggestion(text->value, {row.choices.begin(), row.choices.end()}));
    return std::nullopt;
  }
  return text;
}

Text Reader::required_text(std::string_view name) { return text(name).value_or(Text{"", place(name)}); }

std::optional<std::vector<Text>> Reader::list(std::string_view name) {
  const auto found = value(name);
  if (!found) return std::nullopt;
  if (!found->type().is_sequence()) {
    error(place(name), base::quoted(name) + " is " + found->describe() + ", a list of strings is wanted",
          found->is(hcl::Kind::string) ? "put it in brackets: [ … ]" : "");
    return std::nullopt;
  }
  const schema::Attribute& row = column(name);
  std::vector<Text> texts;
  texts.reserve(found->elements().size());
  std::size_t index = 0;
  for (const hcl::Value& element : found->elements()) {
    ++index;
    auto text =
        one_text(element, row, [&] { return "element " + std::to_string(index) + " of " + base::quoted(name); });
    if (text) texts.push_back(std::move(*text));
  }
  return texts;
}

std::optional<Placed<std::vector<std::string>>> Reader::words(std::string_view name) {
  auto texts = list(name);
  if (!texts) return std::nullopt;
  Placed<std::vector<std::string>> words{{}, place(name)};
  for (Text& text : *texts) words.value.push_back(std::move(text.value));
  return words;
}

std::vector<Entry> Reader::entries(std::string_view name) {
  std::vector<Entry> entries;
  const auto found = value(name);
  if (!found) return entries;
  if (!found->type().is_mapping()) {
    error(place(name), base::quoted(name) + " is " + found->describe() + ", a map of strings is wanted",
          "write { key = \"value\" }");
    return entries;
  }
  const schema::Attribute& row = column(name);
  for (const hcl::Member& member : found->members()) {
    const hcl::Range range = member.name_range ? member.name_range : place(name);
    if (std::string problem = text_problem(member.name, schema::Type::text); !problem.empty()) {
      error(range, "a key of " + base::quoted(name) + " " + problem);
      continue;
    }
    if (member.value.is_null()) {
      error(member.value.range() ? member.value.range() : range,
            base::quoted(member.name) + " in " + base::quoted(name) + " is null, a string is wanted");
      continue;
    }
    auto text = one_text(member.value, row, [&] { return base::quoted(member.name) + " in " + base::quoted(name); });
    if (text) entries.push_back({Text{member.name, range}, std::move(*text)});
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.key.range.begin < b.key.range.begin; });
  return entries;
}

std::optional<Placed<bool>> Reader::boolean(std::string_view name) {
  const auto found = value(name);
  if (!found) return std::nullopt;
  if (found->is(hcl::Kind::boolean)) return Placed<bool>{found->as_boolean(), place(name)};
  if (found->is(hcl::Kind::string) && (found->as_string() == "true" || found->as_string() == "false")) {
    return Placed<bool>{found->as_string() == "true", place(name)};
  }
  error(place(name), base::quoted(name) + " is " + found->describe() + ", true or false is wanted");
  return std::nullopt;
}

std::optional<Placed<std::int64_t>> Reader::number(std::string_view name) {
  const auto found = value(name);
  if (!found) return std::nullopt;
  std::optional<std::int64_t> number;
  try {
    number = hcl::convert(*found, hcl::Type::number()).as_number().to_int64();
  } catch (const base::Error&) {
    // Said below, with the name.
  }
  if (number) return Placed<std::int64_t>{*number, place(name)};
  error(place(name), base::quoted(name) + " is " + found->describe() + ", a whole number is wanted");
  return std::nullopt;
}

}  // namespace recipe
