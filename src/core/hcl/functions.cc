#include "core/hcl/functions.h"

#include "core/hcl/standard_functions.h"

namespace hcl {

std::string Function::signature() const {
  std::string out = name + "(";
  const char* separator = "";
  for (const Parameter& one : parameters) {
    out += separator + one.name;
    separator = ", ";
  }
  if (variadic) out += separator + variadic->name + "...";
  return out + ")";
}

void FunctionTable::add(Function function) {
  std::string name = function.name;
  functions_.insert_or_assign(std::move(name), std::move(function));
}

const Function* FunctionTable::find(std::string_view name) const {
  auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : &found->second;
}

std::vector<std::string> FunctionTable::names() const {
  std::vector<std::string> out;
  for (const auto& [name, function] : functions_) out.push_back(name);
  return out;
}

const FunctionTable& standard_functions() {
  static const FunctionTable table = [] {
    FunctionTable out;
    add_string_functions(out);
    add_pattern_functions(out);
    add_collection_functions(out);
    add_set_functions(out);
    add_number_functions(out);
    add_conversion_functions(out);
    return out;
  }();
  return table;
}

Value list_of(Type type, std::vector<Value> values, Budget& budget) {
  budget.collection(values.size());
  return Value::list(std::move(type), std::move(values));
}

Value list_of_strings(std::vector<std::string> texts, Budget& budget) {
  budget.collection(texts.size());
  std::vector<Value> values;
  values.reserve(texts.size());
  for (std::string& one : texts) values.push_back(Value::string(std::move(one)));
  return Value::list(Type::string(), std::move(values));
}

std::int64_t whole_number(Arguments& arguments, std::size_t index, std::int64_t least, std::int64_t most) {
  auto value = arguments[index].as_number().to_int64();
  if (value && *value >= least && *value <= most) return *value;
  throw arguments.problem(index, "a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
                                     " is required, not " + arguments[index].as_number().text());
}

std::span<const Value> sequence(Arguments& arguments, std::size_t index) {
  const Value& value = arguments[index];
  if (value.is(Kind::list) || value.is(Kind::set) || value.is(Kind::tuple)) return value.elements();
  throw arguments.problem(index, "a list is required, not " + value.describe());
}

}  // namespace hcl
