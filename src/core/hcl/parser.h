#pragma once

#include <memory>

#include "core/hcl/ast.h"
#include "core/hcl/diagnostics.h"
#include "core/hcl/source.h"

namespace hcl {

/// How deep blocks, brackets, templates and operators may nest.
inline constexpr int max_depth = 250;

class Arena;

/// A parsed file: owns the tree and shares the file that all its ranges point into. Move only.
class Document {
 public:
  Document(std::shared_ptr<const File> file, std::unique_ptr<Arena> arena, Body body);
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  const Body& body() const { return body_; }
  const std::shared_ptr<const File>& file() const { return file_; }
  /// Memory that the tree takes.
  std::size_t bytes() const;

 private:
  std::shared_ptr<const File> file_;
  std::unique_ptr<Arena> arena_;
  Body body_;
};

/// A single expression and what it lies in. Move only.
class ParsedExpression {
 public:
  ParsedExpression(std::shared_ptr<const File> file, std::unique_ptr<Arena> arena, const Expression* expression);
  ParsedExpression(ParsedExpression&&) noexcept;
  ParsedExpression& operator=(ParsedExpression&&) noexcept;
  ~ParsedExpression();

  const Expression& expression() const { return *expression_; }

 private:
  std::shared_ptr<const File> file_;
  std::unique_ptr<Arena> arena_;
  const Expression* expression_;
};

/// Parses a configuration file (hclsyntax/spec.md "Structural Elements"). Reports every error of the file; what could
/// be understood is in the document even then. Time and memory are linear in the size of the file.
Document parse(std::shared_ptr<const File> file, Diagnostics& diagnostics);

/// The whole file is one expression; line breaks are plain white space.
ParsedExpression parse_expression(std::shared_ptr<const File> file, Diagnostics& diagnostics);

/// The whole file is one template, as between quotes but without escapes and with line breaks (spec "Templates").
ParsedExpression parse_template(std::shared_ptr<const File> file, Diagnostics& diagnostics);

}  // namespace hcl
