#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/hcl/ast.h"
#include "core/recipe/context.h"
#include "core/recipe/schema.h"
#include "core/recipe/value.h"

namespace recipe {

/// Looks at one block, or the whole file, as its row of the schema says. Making one reports whatever does not fit the
/// row: unknown names with the nearest known one, missing and repeated ones, wrong labels. The getters evaluate; after
/// a problem, which they report, they give nothing. Borrows all it is given.
class Reader {
 public:
  Reader(const schema::Block& schema, const hcl::Body& file, Context& context);
  Reader(const schema::Block& schema, const hcl::Block& block, Context& context);

  /// The block's header; of a file its start.
  hcl::Range range() const { return range_; }
  /// The block's one label; empty after a problem.
  Text label() const { return label_; }
  bool has(std::string_view name) const { return attribute(name) != nullptr; }
  /// The place of the expression of an argument that there is, else the header.
  hcl::Range place(std::string_view name) const;

  std::optional<Text> text(std::string_view name);
  /// text(), or an empty value at the header: for what is required, whose absence is reported already.
  Text required_text(std::string_view name);
  /// Elements of a list; nullopt when it is absent or null.
  std::optional<std::vector<Text>> list(std::string_view name);
  /// The same where being absent and being empty are one.
  std::vector<Text> texts(std::string_view name) { return list(name).value_or(std::vector<Text>()); }
  /// The strings of a list alone.
  std::optional<Placed<std::vector<std::string>>> words(std::string_view name);
  /// In the order of the source.
  std::vector<Entry> entries(std::string_view name);
  std::optional<Placed<bool>> boolean(std::string_view name);
  std::optional<Placed<std::int64_t>> number(std::string_view name);

  /// How many blocks of that type there are.
  std::size_t count(std::string_view type) const;
  /// Calls `body` with a Reader of each block of that type; of one that may occur once only with the first.
  template <class Body>
  void each(std::string_view type, Body&& body) {
    const schema::Child& child = row(type);
    for (const hcl::Block& block : body_.blocks) {
      if (block.type.text != type) continue;
      Reader reader(*child.block, block, context_);
      body(reader);
      if (child.count != schema::Count::many) return;
    }
  }
  /// Calls `body` with the type and a Reader of the first of the blocks of which there is exactly one.
  template <class Body>
  void choice(Body&& body) {
    for (const hcl::Block& block : body_.blocks) {
      const schema::Child* child = find_child(block.type.text);
      if (!child || child->count != schema::Count::one_of) continue;
      Reader reader(*child->block, block, context_);
      body(block.type.text, reader);
      return;
    }
  }

  /// Reports a problem at `range`.
  void error(hcl::Range range, std::string summary, std::string detail = {}, std::optional<hcl::Related> related = {});
  /// What `parse` makes of a text; an Error that it throws is reported there. Nothing for an empty text, whose problem
  /// is reported already.
  template <class Parse>
  auto parsed(const Text& text, Parse&& parse) -> std::optional<decltype(parse(text.value))> {
    if (text.value.empty()) return std::nullopt;
    try {
      return parse(text.value);
    } catch (const base::Error& problem) {
      error(text.range, problem.message(), problem.fix());
      return std::nullopt;
    }
  }
  /// The same for a text whose normal form is a text; empty after a problem.
  template <class Parse>
  Text normal(const Text& text, Parse&& parse) {
    return Text{parsed(text, parse).value_or(""), text.range};
  }

 private:
  const hcl::Attribute* attribute(std::string_view name) const;
  const schema::Attribute* find_column(std::string_view name) const;
  const schema::Attribute& column(std::string_view name) const;
  const schema::Child& row(std::string_view type) const;
  const schema::Child* find_child(std::string_view type) const;
  std::string what() const;
  /// What may have been meant by a name that is not known.
  std::string hint(std::string_view name) const;

  void check_body();
  void check_label(const hcl::Block& block);
  void check_unknown_attribute(const hcl::Attribute& attribute);
  void check_unknown_block(const hcl::Block& block);
  void check_counts();

  /// The value of an argument, nullopt when absent, null, or not known.
  std::optional<hcl::Value> value(std::string_view name);
  /// A text out of an argument's value; `where` makes its name for a message.
  template <class Where>
  std::optional<Text> one_text(const hcl::Value& value, const schema::Attribute& column, Where&& where);

  const schema::Block& schema_;
  const hcl::Body& body_;
  Context& context_;
  hcl::Range range_;
  Text label_;
};

}  // namespace recipe
