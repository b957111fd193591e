#include "core/base/text.h"
#include "core/hcl/evaluator.h"

namespace hcl {

base::Error Arguments::problem(std::size_t index, std::string message) {
  problem_at_ = index;
  return base::Error(base::Kind::invalid, std::move(message));
}

Value Evaluator::call(const Call& node, const Scope& scope) {
  const Function* function = scope.functions().find(node.name.text);
  if (!function) {
    diagnostics_->error(node.name.range, "there is no function " + base::quoted(node.name.text),
                        suggestion(node.name.text, scope.functions().names()));
    return Value::unknown();
  }
  if (function->special != Function::Special::none) return special(node, *function, scope);
  Given given = arguments(node, scope);
  if (given.failed) return Value::unknown(function->result);
  if (given.unknown) return Value::unknown(function->result);
  for (const Value& one : given.values) scope.budget().step(one.weight());
  if (!fit(node, *function, given.values)) return Value::unknown(function->result);
  if (function->unknowns == Unknowns::pass_by) {
    for (const Value& one : given.values)
      if (!one.wholly_known()) return Value::unknown(function->result);
  }
  return run(node, *function, given.values, scope.budget());
}

Evaluator::Given Evaluator::arguments(const Call& node, const Scope& scope) {
  Given out;
  std::size_t errors = diagnostics_->errors();
  for (const Expression* argument : node.arguments) out.values.push_back(value(*argument, scope));
  out.failed = diagnostics_->errors() > errors;
  if (!node.expand_last || out.failed) return out;
  Value last = std::move(out.values.back());
  out.values.pop_back();
  bool sequence = last.kind() == Kind::list || last.kind() == Kind::set || last.kind() == Kind::tuple;
  if (last.is_null() || (!sequence && !(last.is_unknown() && last.kind() == Kind::dynamic))) {
    diagnostics_->error(last.range(), "'...' takes its arguments from a list, not from " + last.describe());
    out.failed = true;
  } else if (last.is_unknown()) {
    out.unknown = true;
  } else {
    scope.budget().collection(last.elements().size());
    for (const Value& one : last.elements()) out.values.push_back(one.at(last.range()));
  }
  return out;
}

/// Converts the arguments to what the parameters take.
bool Evaluator::fit(const Call& node, const Function& function, std::vector<Value>& values) {
  std::size_t named = function.parameters.size();
  if (values.size() < named) {
    diagnostics_->error(
        node.range,
        base::quoted(function.name) + " lacks its argument " + base::quoted(function.parameters[values.size()].name),
        "it is called as " + function.signature());
    return false;
  }
  if (values.size() > named && !function.variadic) {
    diagnostics_->error(values[named].range(),
                        base::quoted(function.name) + " takes " + std::to_string(named) +
                            (named == 1 ? " argument" : " arguments") + ", not " + std::to_string(values.size()),
                        "it is called as " + function.signature());
    return false;
  }
  bool fits = true;
  for (std::size_t i = 0; i < values.size(); i++) {
    const Parameter& parameter = i < named ? function.parameters[i] : *function.variadic;
    std::string problem;
    try {
      if (values[i].is_null() && parameter.nulls == Nulls::refused) {
        problem = "it must not be null";
      } else {
        values[i] = convert(values[i], parameter.type);
      }
    } catch (const base::Error& error) {
      problem = error.message();
    }
    if (problem.empty()) continue;
    fits = false;
    diagnostics_->error(values[i].range(),
                        base::quoted(parameter.name) + " of " + base::quoted(function.name) + ": " + problem);
  }
  return fits;
}

Value Evaluator::run(const Call& node, const Function& function, const std::vector<Value>& values, Budget& budget) {
  last_ = node.range;
  Arguments arguments(values, node.range, budget);
  try {
    return function.implementation(arguments);
  } catch (const base::Error& error) {
    if (budget.exhausted()) throw;
    auto at = arguments.problem_at();
    Range place = at && *at < values.size() ? values[*at].range() : node.range;
    diagnostics_->error(place, base::quoted(function.name) + ": " + error.message(), error.fix());
    return Value::unknown(function.result);
  }
}

/// try() and can(), which look at whether their arguments can be evaluated.
Value Evaluator::special(const Call& node, const Function& function, const Scope& scope) {
  bool only_tests = function.special == Function::Special::works;
  if (node.expand_last || node.arguments.empty() || (only_tests && node.arguments.size() != 1)) {
    diagnostics_->error(node.range, "it is called as " + function.signature());
    return Value::unknown(function.result);
  }
  std::string tried;
  for (const Expression* argument : node.arguments) {
    Diagnostics found;
    Value out = value_into(found, *argument, scope);
    if (!found.has_errors()) return only_tests ? Value::boolean(true) : out;
    if (tried.empty()) tried = found.list().front().summary;
  }
  if (only_tests) return Value::boolean(false);
  diagnostics_->error(node.range, "none of the arguments of 'try' works", "the first one: " + tried);
  return Value::unknown();
}

}  // namespace hcl
