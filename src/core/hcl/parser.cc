#include "core/hcl/parser.h"

#include <algorithm>

#include "core/hcl/arena.h"
#include "core/hcl/lexer.h"
#include "core/hcl/parsing.h"

namespace hcl {
namespace {

/// Lexes and parses; what the two report is put in the order of the file.
template <class Parse>
auto parse_with(const std::shared_ptr<const File>& file, LexerStart start, Arena& arena, Diagnostics& diagnostics,
                Parse parse) {
  Diagnostics found;
  Parser parser(*file, tokenize(*file, found, start), arena, found);
  auto out = parse(parser);
  if (!found.empty()) found.keep(file);
  found.sort_by_place();
  diagnostics.add(std::move(found));
  return out;
}

}  // namespace

Document::Document(std::shared_ptr<const File> file, std::unique_ptr<Arena> arena, Body body)
    : file_(std::move(file)), arena_(std::move(arena)), body_(body) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;
std::size_t Document::bytes() const { return arena_->bytes(); }

ParsedExpression::ParsedExpression(std::shared_ptr<const File> file, std::unique_ptr<Arena> arena,
                                   const Expression* expression)
    : file_(std::move(file)), arena_(std::move(arena)), expression_(expression) {}
ParsedExpression::ParsedExpression(ParsedExpression&&) noexcept = default;
ParsedExpression& ParsedExpression::operator=(ParsedExpression&&) noexcept = default;
ParsedExpression::~ParsedExpression() = default;

Document parse(std::shared_ptr<const File> file, Diagnostics& diagnostics) {
  auto arena = std::make_unique<Arena>();
  Body body = parse_with(file, LexerStart::configuration, *arena, diagnostics,
                         [](Parser& parser) { return parser.file_body(); });
  return Document(std::move(file), std::move(arena), body);
}

ParsedExpression parse_expression(std::shared_ptr<const File> file, Diagnostics& diagnostics) {
  auto arena = std::make_unique<Arena>();
  const Expression* out = parse_with(file, LexerStart::configuration, *arena, diagnostics,
                                     [](Parser& parser) { return parser.file_expression(); });
  return ParsedExpression(std::move(file), std::move(arena), out);
}

ParsedExpression parse_template(std::shared_ptr<const File> file, Diagnostics& diagnostics) {
  auto arena = std::make_unique<Arena>();
  const Expression* out = parse_with(file, LexerStart::bare_template, *arena, diagnostics,
                                     [](Parser& parser) { return parser.file_template(); });
  return ParsedExpression(std::move(file), std::move(arena), out);
}

const Attribute* Body::attribute(std::string_view name) const {
  auto found =
      std::find_if(attributes.begin(), attributes.end(), [&](const Attribute& a) { return a.name.text == name; });
  return found == attributes.end() ? nullptr : &*found;
}

}  // namespace hcl
