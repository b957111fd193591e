#include "core/hcl/evaluate.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/base/text.h"
#include "core/hcl/evaluator.h"
#include "core/hcl/operations.h"

namespace hcl {

Scope::Scope(const FunctionTable& functions, const Limits& limits)
    : functions_(&functions), own_budget_(std::make_unique<Budget>(limits)), budget_(own_budget_.get()) {}

Scope::Scope(const Scope* parent) : parent_(parent), functions_(parent->functions_), budget_(parent->budget_) {}

void Scope::set(std::string name, Value value) { variables_.insert_or_assign(std::move(name), std::move(value)); }

const Value* Scope::find(std::string_view name) const {
  for (const Scope* scope = this; scope; scope = scope->parent_) {
    auto found = scope->variables_.find(name);
    if (found != scope->variables_.end()) return &found->second;
  }
  return nullptr;
}

std::vector<std::string> Scope::names() const {
  std::set<std::string> all;
  for (const Scope* scope = this; scope; scope = scope->parent_)
    for (const auto& [name, value] : scope->variables_) all.insert(name);
  return {all.begin(), all.end()};
}

Value evaluate(const Expression& expression, const Scope& scope, Diagnostics& diagnostics) {
  Evaluator evaluator(diagnostics);
  try {
    return evaluator.value(expression, scope);
  } catch (const base::Error& error) {
    diagnostics.error(evaluator.last(), error.message(), error.fix());
    return Value::unknown({}, expression.range);
  }
}

Value evaluate(const Expression& expression, const Type& type, const Scope& scope, Diagnostics& diagnostics) {
  Value value = evaluate(expression, scope, diagnostics);
  try {
    scope.budget().step(value.weight());
    return convert(value, type);
  } catch (const base::Error& error) {
    diagnostics.error(expression.range, error.message(), error.fix());
    return Value::unknown(type, expression.range);
  }
}

Value Evaluator::value(const Expression& expression, const Scope& scope) {
  last_ = expression.range;
  scope.budget().step();
  return raw(expression, scope).at(expression.range);
}

Value Evaluator::value_into(Diagnostics& diagnostics, const Expression& expression, const Scope& scope) {
  Diagnostics* before = std::exchange(diagnostics_, &diagnostics);
  try {
    Value out = value(expression, scope);
    diagnostics_ = before;
    return out;
  } catch (...) {
    diagnostics_ = before;
    throw;
  }
}

Value Evaluator::raw(const Expression& expression, const Scope& scope) {
  switch (expression.kind) {
    case ExpressionKind::literal:
      return literal(expression.as<Literal>());
    case ExpressionKind::variable:
      return variable(expression.as<Variable>(), scope);
    case ExpressionKind::attribute: {
      const auto& node = expression.as<AttributeAccess>();
      Value source = value(*node.source, scope);
      return at_place(node.name.range, scope, [&] { return attribute_of(source, node.name.text); });
    }
    case ExpressionKind::index: {
      const auto& node = expression.as<Index>();
      Value source = value(*node.source, scope), key = value(*node.key, scope);
      return at_place(node.key->range, scope, [&] { return element_of(source, key); });
    }
    case ExpressionKind::splat:
      return splat(expression.as<Splat>(), scope);
    case ExpressionKind::splat_item:
      return splat_items_.empty() ? Value::unknown() : splat_items_.back();
    case ExpressionKind::call:
      return call(expression.as<Call>(), scope);
    case ExpressionKind::unary:
      return unary(expression.as<Unary>(), scope);
    case ExpressionKind::binary:
      return binary(expression.as<Binary>(), scope);
    case ExpressionKind::conditional:
      return conditional(expression.as<Conditional>(), scope);
    case ExpressionKind::tuple:
      return tuple(expression.as<Tuple>(), scope);
    case ExpressionKind::object:
      return object(expression.as<Object>(), scope);
    case ExpressionKind::for_each:
      return for_each(expression.as<ForEach>(), scope);
    case ExpressionKind::templated:
      return join(expression.as<Template>(), scope);
    case ExpressionKind::wrapped:
    case ExpressionKind::parentheses:
      return value(*expression.as<Wrapped>().inner, scope);
    case ExpressionKind::invalid:
      break;
  }
  return Value::unknown();  // a syntax error, reported when it was parsed
}

Value Evaluator::literal(const Literal& node) {
  switch (node.literal) {
    case LiteralKind::null:
      return Value::null();
    case LiteralKind::boolean:
      return Value::boolean(node.truth);
    case LiteralKind::number: {
      auto number = Number::parse(node.text, Number::Form::literal);
      return number ? Value::number(*number) : Value::unknown(Type::number());
    }
    case LiteralKind::string:
      break;
  }
  return Value::string(std::string(node.text));
}

namespace {

std::string advice_on(std::string_view name, const Scope& scope) {
  auto hyphen = name.find('-');
  if (hyphen != std::string_view::npos && scope.find(name.substr(0, hyphen))) {
    return "this is one name: to subtract, put blanks around the '-'";
  }
  std::vector<std::string> names = scope.names();
  if (names.empty()) return "there are no variables here; text is written in double quotes";
  std::string out = suggestion(name, names);
  if (!out.empty() || names.size() > 10) return out;
  for (const std::string& one : names) out += (out.empty() ? "there are " : ", ") + base::quoted(one);
  return out;
}

}  // namespace

Value Evaluator::variable(const Variable& node, const Scope& scope) {
  if (const Value* found = scope.find(node.name)) return *found;
  bool shown = diagnostics_->errors() < Diagnostics::max_kept;
  diagnostics_->error(node.range, "there is no variable " + base::quoted(node.name),
                      shown ? advice_on(node.name, scope) : "");
  return Value::unknown();
}

Value Evaluator::unary(const Unary& node, const Scope& scope) {
  Value operand = value(*node.operand, scope);
  return at_place(node.operand->range, scope,
                  [&] { return node.operation == UnaryOperator::negate ? negate(operand) : logical_not(operand); });
}

Value Evaluator::binary(const Binary& node, const Scope& scope) {
  switch (node.operation) {
    case BinaryOperator::logical_and:
    case BinaryOperator::logical_or:
      return logic(node, scope);
    case BinaryOperator::equal:
    case BinaryOperator::not_equal: {
      Value left = value(*node.left, scope), right = value(*node.right, scope);
      scope.budget().step(std::uint64_t{left.weight()} + right.weight());
      Value same = equal(left, right);
      return node.operation == BinaryOperator::equal ? same : logical_not(same);
    }
    default:
      break;
  }
  Value left = value(*node.left, scope), right = value(*node.right, scope);
  // Each operand is looked at by itself, so that the mistake is shown where it is.
  auto fits = [&](const Value& operand) {
    return at_place(operand.range(), scope, [&] { return negate(operand); }).kind() == Kind::number;
  };
  bool left_fits = fits(left), right_fits = fits(right);
  bool comparison = node.operation >= BinaryOperator::less && node.operation <= BinaryOperator::greater_equal;
  if (!left_fits || !right_fits) return Value::unknown(comparison ? Type::boolean() : Type::number());
  return at_place(node.range, scope, [&] {
    return comparison ? compare(node.operation, left, right) : arithmetic(node.operation, left, right);
  });
}

/// The right operand's mistakes do not count when the left one decides.
Value Evaluator::logic(const Binary& node, const Scope& scope) {
  Value left = at_place(node.left->range, scope, [&] { return logical_not(logical_not(value(*node.left, scope))); });
  bool decisive = node.operation == BinaryOperator::logical_or;
  if (left.is(Kind::boolean) && left.as_boolean() == decisive) return left;
  Value right = at_place(node.right->range, scope, [&] { return logical_not(logical_not(value(*node.right, scope))); });
  return hcl::logic(node.operation, left, right);
}

Value Evaluator::conditional(const Conditional& node, const Scope& scope) {
  Value condition =
      at_place(node.condition->range, scope, [&] { return logical_not(logical_not(value(*node.condition, scope))); });
  // Both results are needed for their types; only the selected one's mistakes count.
  Diagnostics if_true_found, if_false_found;
  Value if_true = value_into(if_true_found, *node.if_true, scope);
  Value if_false = value_into(if_false_found, *node.if_false, scope);
  bool known = condition.is(Kind::boolean);
  bool selected = known && condition.as_boolean();
  if (known) diagnostics_->add(std::move(selected ? if_true_found : if_false_found));

  Value result = selected ? if_true : if_false;
  if (node.templated) {
    return at_place(result.range(), scope,
                    [&] { return known ? convert(result, Type::string()) : Value::unknown(Type::string()); });
  }
  scope.budget().step(std::uint64_t{if_true.weight()} + if_false.weight());
  bool open = (if_true.kind() == Kind::dynamic && if_true.is_unknown()) ||
              (if_false.kind() == Kind::dynamic && if_false.is_unknown());
  if (open) return known ? result : Value::unknown();
  Type types[] = {if_true.type(), if_false.type()};
  auto type = unify(types);
  if (!type) {
    diagnostics_->error(hcl::join(node.if_true->range, node.if_false->range),
                        "the two results of a conditional must be of one type",
                        "the first is " + if_true.describe() + ", the second " + if_false.describe());
    return Value::unknown();
  }
  if (!known) return Value::unknown(*type);
  return at_place(result.range(), scope, [&] { return convert(result, *type); });
}

Value Evaluator::tuple(const Tuple& node, const Scope& scope) {
  scope.budget().collection(node.elements.size());
  std::vector<Value> elements;
  elements.reserve(node.elements.size());
  for (const Expression* one : node.elements) elements.push_back(value(*one, scope));
  return at_place(node.range, scope, [&] { return Value::tuple(std::move(elements)); });
}

Value Evaluator::object(const Object& node, const Scope& scope) {
  scope.budget().collection(node.items.size());
  std::vector<Member> members;
  members.reserve(node.items.size());
  bool open = false;
  for (const ObjectItem& item : node.items) {
    bool path = item.key->kind == ExpressionKind::attribute || item.key->kind == ExpressionKind::index;
    if (path) {
      diagnostics_->error(item.key->range, "it is not clear whether this key is a name or a reference",
                          "put it in quotes for a name, in ( ) for a reference");
    }
    Value given = path ? Value::unknown() : value(*item.key, scope);
    Value name = at_place(item.key->range, scope, [&] {
      if (given.is_null()) throw base::Error(base::Kind::invalid, "null is not a key");
      return convert(given, Type::string());
    });
    Value element = value(*item.value, scope);
    if (name.is(Kind::string)) {
      members.push_back({name.as_string(), std::move(element), item.key->range});
    } else {
      open = true;
    }
  }
  std::vector<const Member*> order;
  for (const Member& one : members) order.push_back(&one);
  std::stable_sort(order.begin(), order.end(), [](const Member* a, const Member* b) { return a->name < b->name; });
  for (std::size_t i = 1; i < order.size(); i++) {
    if (order[i]->name != order[i - 1]->name) continue;
    diagnostics_->error(order[i]->name_range, "the key " + base::quoted(order[i]->name) + " is given twice", {},
                        Related{order[i - 1]->name_range, "first given here"});
    open = true;
  }
  if (open) return Value::unknown();
  return at_place(node.range, scope, [&] { return Value::object(std::move(members)); });
}

Value Evaluator::splat(const Splat& node, const Scope& scope) {
  Value source = value(*node.source, scope);
  Kind kind = source.kind();
  bool sequence = kind == Kind::list || kind == Kind::set || kind == Kind::tuple;
  if (source.is_null()) {
    if (!sequence) return Value::tuple({});
    diagnostics_->error(node.source->range, "a splat cannot look into null");
    return Value::unknown();
  }
  if (source.is_unknown() && (kind == Kind::dynamic || !sequence)) return Value::unknown();
  auto each = [&](const Value& item) {
    splat_items_.push_back(item);
    Value out = value(*node.each, scope);
    splat_items_.pop_back();
    return out;
  };
  if (source.is_unknown()) {
    if (kind == Kind::tuple) return Value::unknown();
    return Value::unknown(Type::list(each(Value::unknown(source.type().element())).type()));
  }
  std::vector<Value> results;
  std::size_t errors = diagnostics_->errors();
  if (!sequence) {
    results.push_back(each(source));
    return at_place(node.range, scope, [&] { return Value::tuple(std::move(results)); });
  }
  scope.budget().collection(source.elements().size());
  for (const Value& item : source.elements()) {
    results.push_back(each(item));
    if (diagnostics_->errors() > errors) return Value::unknown();
  }
  if (kind == Kind::tuple) return at_place(node.range, scope, [&] { return Value::tuple(std::move(results)); });
  Type element = results.empty() ? each(Value::unknown(source.type().element())).type() : results[0].type();
  bool one_type = std::all_of(results.begin(), results.end(), [&](const Value& v) {
    scope.budget().step(v.weight());
    return v.type() == element;
  });
  return at_place(node.range, scope, [&] {
    return one_type ? Value::list(element, std::move(results)) : Value::tuple(std::move(results));
  });
}

Value Evaluator::join(const Template& node, const Scope& scope) {
  std::vector<Value> parts;
  bool known = true;
  std::uint64_t bytes = 0;
  for (const Expression* part : node.parts) {
    Value text = at_place(part->range, scope, [&] {
      Value given = value(*part, scope);
      if (given.is_null()) throw base::Error(base::Kind::invalid, "null cannot be part of a string");
      return convert(given, Type::string());
    });
    if (text.is(Kind::string)) {
      bytes += text.as_string().size();
      parts.push_back(std::move(text));
    } else {
      known = false;
    }
  }
  if (!known) return Value::unknown(Type::string());
  scope.budget().string(bytes);
  std::string out;
  out.reserve(bytes);
  for (const Value& part : parts) out += part.as_string();
  return Value::string(std::move(out));
}

namespace {

/// What a `for` goes through, in order: key and value of each element.
std::vector<std::pair<Value, Value>> pairs_of(const Value& collection) {
  std::vector<std::pair<Value, Value>> out;
  if (collection.kind() == Kind::map || collection.kind() == Kind::object) {
    for (const Member& one : collection.members()) {
      out.emplace_back(Value::string(one.name, one.name_range), one.value);
    }
    return out;
  }
  for (const Value& one : collection.elements()) {
    out.emplace_back(collection.kind() == Kind::set ? one : Value::number(static_cast<std::int64_t>(out.size())), one);
  }
  return out;
}

}  // namespace

Value Evaluator::for_each(const ForEach& node, const Scope& scope) {
  Value unknown = Value::unknown(node.result == ForResult::text ? Type::string() : Type::dynamic());
  Value collection = value(*node.collection, scope);
  if (collection.is_null() || (collection.is_known() && collection.kind() < Kind::list)) {
    diagnostics_->error(node.collection->range,
                        "a 'for' goes through a list, a set, a map or an object, not " + collection.describe());
    return unknown;
  }
  if (collection.is_unknown()) {
    Kind kind = collection.kind();
    if (kind == Kind::boolean || kind == Kind::number || kind == Kind::string) {
      diagnostics_->error(node.collection->range,
                          "a 'for' goes through a list, a set, a map or an object, not a " + collection.type().name());
    }
    return unknown;
  }

  Budget& budget = scope.budget();
  std::size_t errors = diagnostics_->errors();
  bool known = true;
  std::vector<Value> values;
  std::vector<Member> members;
  std::map<std::string, std::vector<Value>> groups;
  std::set<std::string> seen;
  std::uint64_t text_bytes = 0;
  auto pairs = pairs_of(collection);
  budget.step(pairs.size());
  Scope inner(&scope);
  for (auto& [key, element] : pairs) {
    if (!node.key_name.text.empty()) inner.set(std::string(node.key_name.text), key);
    inner.set(std::string(node.value_name.text), element);
    if (node.condition) {
      Value included = at_place(node.condition->range, scope,
                                [&] { return logical_not(logical_not(value(*node.condition, inner))); });
      known = known && included.is_known();
      if (diagnostics_->errors() > errors) return unknown;
      if (included.is_unknown() || !included.as_boolean()) continue;
    }
    if (node.result == ForResult::object) {
      Value name = at_place(node.key->range, scope, [&] {
        Value given = value(*node.key, inner);
        if (given.is_null()) throw base::Error(base::Kind::invalid, "null is not a key");
        return convert(given, Type::string());
      });
      Value made = value(*node.value, inner);
      known = known && name.is_known();
      if (diagnostics_->errors() > errors) return unknown;
      if (name.is_unknown()) continue;
      budget.collection(1);
      if (node.group) {
        groups[name.as_string()].push_back(std::move(made));
        continue;
      }
      if (!seen.insert(name.as_string()).second) {
        diagnostics_->error(node.key->range, "two elements give the key " + base::quoted(name.as_string()),
                            "to collect all values of one key in a list, write ... after the value");
        return unknown;
      }
      members.push_back({name.as_string(), std::move(made), node.key->range});
      continue;
    }
    Value made = value(*node.value, inner);
    if (node.result == ForResult::text) {
      made = at_place(node.value->range, scope, [&] {
        if (made.is_null()) throw base::Error(base::Kind::invalid, "null cannot be part of a string");
        return convert(made, Type::string());
      });
      known = known && made.is_known();
      if (made.is_known()) text_bytes += made.as_string().size();
    }
    if (diagnostics_->errors() > errors) return unknown;
    budget.collection(1);
    values.push_back(std::move(made));
  }
  if (!known) return unknown;
  return at_place(node.range, scope, [&] {
    if (node.result == ForResult::tuple) return Value::tuple(std::move(values));
    if (node.result == ForResult::object) {
      for (auto& [name, group] : groups) members.push_back({name, Value::tuple(std::move(group)), node.key->range});
      return Value::object(std::move(members));
    }
    budget.string(text_bytes);
    std::string out;
    out.reserve(text_bytes);
    for (const Value& one : values) out += one.as_string();
    return Value::string(std::move(out));
  });
}

}  // namespace hcl
