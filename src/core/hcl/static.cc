#include "core/hcl/static.h"

#include <algorithm>

namespace hcl {
namespace {

bool is_access(const Expression& node) {
  return node.kind == ExpressionKind::attribute || node.kind == ExpressionKind::index;
}

const Expression& source_of(const Expression& access) {
  return access.kind == ExpressionKind::attribute ? *access.as<AttributeAccess>().source : *access.as<Index>().source;
}

/// The step that an access with a name or a constant key takes.
std::optional<Traversal::Step> step_of(const Expression& access) {
  Range place{access.range.file, source_of(access).range.end, access.range.end};
  if (access.kind == ExpressionKind::attribute) {
    const Name& name = access.as<AttributeAccess>().name;
    return Traversal::Step{Value::string(std::string(name.text), name.range), place};
  }
  const Expression& key = *access.as<Index>().key;
  if (key.kind != ExpressionKind::literal) return std::nullopt;
  const Literal& literal = key.as<Literal>();
  if (literal.literal == LiteralKind::string) {
    return Traversal::Step{Value::string(std::string(literal.text), key.range), place};
  }
  auto number = Number::parse(literal.text, Number::Form::literal);
  if (literal.literal != LiteralKind::number || !number) return std::nullopt;
  return Traversal::Step{Value::number(*number, key.range), place};
}

class Finder {
 public:
  explicit Finder(std::vector<Traversal>& found) : found_(found) {}

  void walk(const Expression& node) {
    switch (node.kind) {
      case ExpressionKind::literal:
      case ExpressionKind::splat_item:
      case ExpressionKind::invalid:
        return;
      case ExpressionKind::variable:
      case ExpressionKind::attribute:
      case ExpressionKind::index:
        return access(node);
      case ExpressionKind::splat:
        walk(*node.as<Splat>().source);
        return walk(*node.as<Splat>().each);
      case ExpressionKind::call:
        return all(node.as<Call>().arguments);
      case ExpressionKind::unary:
        return walk(*node.as<Unary>().operand);
      case ExpressionKind::binary:
        walk(*node.as<Binary>().left);
        return walk(*node.as<Binary>().right);
      case ExpressionKind::conditional:
        walk(*node.as<Conditional>().condition);
        walk(*node.as<Conditional>().if_true);
        return walk(*node.as<Conditional>().if_false);
      case ExpressionKind::tuple:
        return all(node.as<Tuple>().elements);
      case ExpressionKind::object:
        for (const ObjectItem& item : node.as<Object>().items) {
          walk(*item.key);
          walk(*item.value);
        }
        return;
      case ExpressionKind::for_each:
        return for_each(node.as<ForEach>());
      case ExpressionKind::templated:
        return all(node.as<Template>().parts);
      case ExpressionKind::wrapped:
      case ExpressionKind::parentheses:
        return walk(*node.as<Wrapped>().inner);
    }
  }

 private:
  void all(std::span<const Expression* const> nodes) {
    for (const Expression* one : nodes) walk(*one);
  }

  void for_each(const ForEach& node) {
    walk(*node.collection);
    std::size_t before = bound_.size();
    bound_.push_back(node.value_name.text);
    if (!node.key_name.text.empty()) bound_.push_back(node.key_name.text);
    if (node.key) walk(*node.key);
    walk(*node.value);
    if (node.condition) walk(*node.condition);
    bound_.resize(before);
  }

  /// A chain of accesses, from its outer end: what it starts from, and the keys that are expressions themselves.
  void access(const Expression& outer) {
    std::vector<const Expression*> chain;
    const Expression* at = &outer;
    for (; is_access(*at); at = &source_of(*at)) chain.push_back(at);
    std::reverse(chain.begin(), chain.end());
    if (at->kind == ExpressionKind::variable) {
      std::string_view name = at->as<Variable>().name;
      if (std::find(bound_.begin(), bound_.end(), name) == bound_.end()) {
        Traversal out{{name, at->range}, {}, at->range};
        for (const Expression* one : chain) {
          auto step = step_of(*one);
          if (!step) break;
          out.range = join(out.range, step->range);
          out.steps.push_back(std::move(*step));
        }
        found_.push_back(std::move(out));
      }
    } else {
      walk(*at);
    }
    for (const Expression* one : chain)
      if (one->kind == ExpressionKind::index) walk(*one->as<Index>().key);
  }

  std::vector<Traversal>& found_;
  std::vector<std::string_view> bound_;
};

}  // namespace

std::vector<Traversal> variables_of(const Expression& expression) {
  std::vector<Traversal> out;
  Finder(out).walk(expression);
  std::stable_sort(out.begin(), out.end(),
                   [](const Traversal& a, const Traversal& b) { return a.range.begin < b.range.begin; });
  return out;
}

std::optional<Traversal> static_traversal(const Expression& expression) {
  Traversal out;
  out.range = expression.range;
  const Expression* at = &expression;
  for (; is_access(*at); at = &source_of(*at)) {
    auto step = step_of(*at);
    if (!step) return std::nullopt;
    out.steps.push_back(std::move(*step));
  }
  auto keyword = static_keyword(*at);
  if (!keyword) return std::nullopt;
  std::reverse(out.steps.begin(), out.steps.end());
  out.root = {*keyword, at->range};
  return out;
}

std::optional<std::span<const Expression* const>> static_list(const Expression& expression) {
  if (expression.kind != ExpressionKind::tuple) return std::nullopt;
  return expression.as<Tuple>().elements;
}

std::optional<std::span<const ObjectItem>> static_map(const Expression& expression) {
  if (expression.kind != ExpressionKind::object) return std::nullopt;
  return expression.as<Object>().items;
}

const Call* static_call(const Expression& expression) {
  return expression.kind == ExpressionKind::call ? &expression.as<Call>() : nullptr;
}

std::optional<std::string_view> static_keyword(const Expression& expression) {
  if (expression.kind == ExpressionKind::variable) return expression.as<Variable>().name;
  if (expression.kind != ExpressionKind::literal) return std::nullopt;
  const Literal& literal = expression.as<Literal>();
  bool word = literal.literal == LiteralKind::boolean || literal.literal == LiteralKind::null;
  return word ? std::optional(literal.text) : std::nullopt;
}

std::optional<std::string_view> static_string(const Expression& expression) {
  if (expression.kind != ExpressionKind::literal) return std::nullopt;
  return expression.as<Literal>().text;
}

}  // namespace hcl
