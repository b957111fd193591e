// Any expression or template ends within its budget, in a value or in messages; known values have a JSON form.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/error.h"
#include "core/hcl/evaluate.h"
#include "core/hcl/json_text.h"
#include "core/hcl/parser.h"

namespace {

void set_variables(hcl::Scope& scope) {
  using hcl::Type, hcl::Value;
  scope.set("n", Value::number(5));
  scope.set("s", Value::string("text"));
  scope.set("b", Value::boolean(true));
  scope.set("t", Value::tuple({Value::number(1), Value::string("x"), Value()}));
  scope.set("o", Value::object({{"a", Value::number(1)}, {"b", Value::tuple({Value::string("y")})}}));
  scope.set("l", Value::list(Type::string(), {Value::string("p"), Value::string("q")}));
  scope.set("m", Value::map(Type::number(), {{"k", Value::number(7)}}));
  scope.set("e", Value::set(Type::string(), {Value::string("z")}));
  scope.set("u", Value::unknown());
  scope.set("us", Value::unknown(Type::string()));
  scope.set("ul", Value::unknown(Type::list(Type::number())));
}

void evaluate(const hcl::ParsedExpression& parsed, const hcl::Diagnostics& syntax) {
  hcl::Scope scope(hcl::standard_functions(), {200'000, 8 << 20, 1 << 20, 1 << 14});
  set_variables(scope);
  hcl::Diagnostics diagnostics;
  hcl::Value value = hcl::evaluate(parsed.expression(), scope, diagnostics);
  if (syntax.has_errors() || diagnostics.has_errors()) return;
  if (!(value == value)) std::abort();
  if (value.wholly_known() && value.weight() < 10'000) {
    try {
      hcl::from_json(hcl::to_json(value));
    } catch (const base::Error& error) {
      // Deep values nest deeper than JSON may, and a number may be out of the range of literals.
      bool bound =
          error.message().find("deeper") != std::string::npos || error.message().find("large") != std::string::npos;
      if (!bound) std::abort();
    }
  }
  hcl::Diagnostics again;
  hcl::evaluate(parsed.expression(), hcl::Type::list(hcl::Type()), scope, again);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto file = hcl::File::make("fuzz", std::string(reinterpret_cast<const char*>(data), size));
  hcl::Diagnostics expression_errors, template_errors;
  auto expression = hcl::parse_expression(file, expression_errors);
  auto text = hcl::parse_template(file, template_errors);
  evaluate(expression, expression_errors);
  evaluate(text, template_errors);
  return 0;
}
