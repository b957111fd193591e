#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/hcl/evaluate.h"
#include "core/hcl/json_text.h"
#include "core/hcl/parser.h"

namespace hcl_test {

/// The variables that the tables use, one of each kind.
inline void set_variables(hcl::Scope& scope) {
  using hcl::Type, hcl::Value;
  scope.set("n", Value::number(5));
  scope.set("s", Value::string("str"));
  scope.set("b", Value::boolean(true));
  scope.set("t", Value::tuple({Value::number(1), Value::string("x")}));
  scope.set("o", Value::object({{"a", Value::number(1)}, {"b", Value::string("x")}}));
  scope.set("l", Value::list(Type::string(), {Value::string("p"), Value::string("q")}));
  scope.set("el", Value::list(Type::string(), {}));
  scope.set("m", Value::map(Type::number(), {{"k", Value::number(7)}}));
  scope.set("st", Value::set(Type::string(), {Value::string("z"), Value::string("y")}));
  auto pair = [](int id, bool x) {
    return Value::object({{"id", Value::number(id)}, {"x", Value::tuple({Value::boolean(x)})}});
  };
  scope.set("os", Value::tuple({pair(1, true), pair(2, false)}));
  scope.set("nul", Value::null(Type::string()));
  scope.set("nully", Value());
  scope.set("nl", Value::null(Type::list(Type::string())));
  scope.set("u", Value::unknown());
  scope.set("us", Value::unknown(Type::string()));
  scope.set("un", Value::unknown(Type::number()));
  scope.set("ub", Value::unknown(Type::boolean()));
  scope.set("ul", Value::unknown(Type::list(Type::string())));
  scope.set("estaleiro-commit", Value::string("abc"));
}

/// "TYPE JSON" of what an expression gives, "unknown TYPE", or "error: SUMMARY" of the first thing that is wrong, with
/// "; DETAIL" if there is one, and "@COLUMNS" it is shown under.
inline std::string show(const hcl::Diagnostics& diagnostics) {
  const hcl::Diagnostic& first = diagnostics.list().front();
  std::string out = "error: " + first.summary;
  if (!first.detail.empty()) out += "; " + first.detail;
  return out + " @" + std::to_string(first.subject.start().column) + "-" + std::to_string(first.subject.stop().column);
}

inline std::string show(const hcl::Value& value) {
  std::string type = value.type().constraint();
  return value.wholly_known() ? type + " " + hcl::to_json(value) : "unknown " + type;
}

inline std::string evaluate(const hcl::ParsedExpression& parsed, hcl::Diagnostics& diagnostics,
                            const hcl::Limits& limits = {}) {
  if (diagnostics.has_errors()) return show(diagnostics);
  hcl::Scope scope(hcl::standard_functions(), limits);
  set_variables(scope);
  hcl::Value value = hcl::evaluate(parsed.expression(), scope, diagnostics);
  return diagnostics.has_errors() ? show(diagnostics) : show(value);
}

inline std::string evaluate(std::string text, const hcl::Limits& limits = {}) {
  hcl::Diagnostics diagnostics;
  auto parsed = hcl::parse_expression(hcl::File::make("test.hcl", std::move(text)), diagnostics);
  return evaluate(parsed, diagnostics, limits);
}

/// The same of a bare template.
inline std::string expand(std::string text) {
  hcl::Diagnostics diagnostics;
  auto parsed = hcl::parse_template(hcl::File::make("test.tmpl", std::move(text)), diagnostics);
  return evaluate(parsed, diagnostics);
}

/// All that is wrong with a file, drawn; "" if nothing is.
inline std::string problems(std::string text) {
  auto file = hcl::File::make("test.hcl", std::move(text));
  hcl::Diagnostics diagnostics;
  hcl::parse(file, diagnostics);
  return hcl::render(diagnostics);
}

/// How many errors parsing a file gives.
inline std::size_t errors(std::string text) {
  auto file = hcl::File::make("test.hcl", std::move(text));
  hcl::Diagnostics diagnostics;
  hcl::parse(file, diagnostics);
  return diagnostics.errors();
}

}  // namespace hcl_test
