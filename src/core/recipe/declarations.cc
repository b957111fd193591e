#include <algorithm>

#include "core/base/text.h"
#include "core/recipe/context.h"
#include "core/recipe/reader.h"

namespace recipe {
namespace {

constexpr std::size_t max_chain_shown = 20;

const schema::Block& row(std::string_view type) {
  for (const schema::Child& child : schema::root().children) {
    if (child.block->type == type) return *child.block;
  }
  throw std::logic_error("the schema has no such block");
}

std::optional<hcl::Type> type_of_keyword(std::string_view word) {
  if (word == "string") return hcl::Type::string();
  if (word == "number") return hcl::Type::number();
  if (word == "bool") return hcl::Type::boolean();
  return std::nullopt;
}

/// The type that `type = …` names; nullopt when there is none or it is wrong, which is reported.
std::optional<hcl::Type> declared_type(const hcl::Block& block, Reader& reader) {
  const hcl::Attribute* attribute = block.body.attribute("type");
  if (!attribute) return std::nullopt;
  const auto word = hcl::static_keyword(*attribute->expression);
  auto type = word ? type_of_keyword(*word) : std::nullopt;
  if (!type) {
    reader.error(attribute->expression->range, "'type' is string, number or bool",
                 hcl::suggestion(word.value_or(""), {"string", "number", "bool"}));
  }
  return type;
}

/// The constant that `default = …` gives; nullopt when there is none or it is wrong, which is reported.
std::optional<hcl::Value> declared_default(const hcl::Block& block, Reader& reader, Context& context) {
  const hcl::Attribute* attribute = block.body.attribute("default");
  if (!attribute) return std::nullopt;
  if (!hcl::variables_of(*attribute->expression).empty()) {
    reader.error(attribute->expression->range, "'default' is not a constant", "use a local for what depends on others");
    return std::nullopt;
  }
  hcl::Value value = context.evaluate(*attribute->expression);
  if (value.is_unknown()) return std::nullopt;
  if (!value.is_null() && !value.type().is_primitive()) {
    reader.error(attribute->expression->range,
                 "'default' is " + value.describe() + ", a string, a number or a bool is wanted",
                 "values from outside are single values; use a local for others");
    return std::nullopt;
  }
  return value;
}

}  // namespace

void Context::declare_variable(const hcl::Block& block) {
  Reader reader(row("variable"), block, *this);
  const Text name = reader.label();
  if (name.value.empty()) return;
  if (!is_variable_name(name.value)) {
    return diagnostics_.error(name.range, base::quoted(name.value) + " cannot be the name of a variable",
                              "a letter, then letters, digits, '_' and '-'; none of the language's own words");
  }
  const auto [first, fresh] = declared_.emplace(block.labels.front().text, &block);
  if (!fresh) {
    return diagnostics_.error(name.range, "a second variable " + base::quoted(name.value), "",
                              hcl::Related{first->second->header(), "the first is here"});
  }

  reader.text("description");  // for people, but checked like the rest
  const auto wanted = declared_type(block, reader);
  const auto fallback = declared_default(block, reader, *this);
  hcl::Type type = hcl::Type::string();
  if (wanted) {
    type = *wanted;
  } else if (fallback && !fallback->is_null()) {
    type = fallback->type();
  }
  hcl::Value value = hcl::Value::unknown(type);
  const auto given = given_.find(name.value);
  try {
    if (given != given_.end()) {
      value = hcl::convert(hcl::Value::string(given->second.value), type);
    } else if (fallback) {
      value = hcl::convert(*fallback, type);
    } else if (!block.body.attribute("default")) {
      diagnostics_.error(name.range, "variable " + base::quoted(name.value) + " has no value",
                         "give it one, or add a default");
    }
  } catch (const base::Error&) {
    const std::string shown = given == given_.end()
                                  ? "has a default that is " + fallback->describe()
                                  : "is " + base::quoted(given->second.value) + " (" + given->second.origin + ")";
    diagnostics_.error(given == given_.end() ? reader.place("default") : name.range,
                       "variable " + base::quoted(name.value) + " " + shown + ", a " + type.name() + " is wanted");
  }
  scope_.set(name.value, std::move(value));
}

void Context::validate_variable(const hcl::Block& block) {
  for (const hcl::Block& child : block.body.blocks) {
    if (child.type.text != "validation") continue;
    Reader reader(*row("variable").children.front().block, child, *this);
    const auto message = reader.text("error_message");
    const auto condition = reader.boolean("condition");
    if (!condition || condition->value || !message) continue;
    const std::string_view name = block.labels.front().text;
    const auto given = given_.find(name);
    std::string detail = "variable " + base::quoted(name) + " has its default";
    if (given != given_.end()) {
      detail = "variable " + base::quoted(name) + " is " + base::quoted(given->second.value) + " (" +
               given->second.origin + ")";
    }
    diagnostics_.error(condition->range, message->value, std::move(detail),
                       hcl::Related{block.header(), "the variable is here"});
  }
}

void Context::declare_locals(const hcl::Body& file) {
  std::vector<std::string_view> order;
  for (const hcl::Block& block : file.blocks) {
    if (block.type.text != "locals") continue;
    Reader reader(row("locals"), block, *this);
    for (const hcl::Attribute& attribute : block.body.attributes) {
      const auto [first, fresh] = locals_.emplace(attribute.name.text, Local{&attribute, hcl::Value::unknown()});
      if (fresh) {
        order.push_back(attribute.name.text);
      } else {
        diagnostics_.error(attribute.name.range, "a second local " + base::quoted(attribute.name.text), "",
                           hcl::Related{first->second.attribute->name.range, "the first is here"});
      }
    }
  }

  std::map<std::string_view, std::set<std::string_view>> uses, used_by;
  for (const std::string_view name : order) {
    for (const hcl::Traversal& traversal : hcl::variables_of(*locals_.at(name).attribute->expression)) {
      if (traversal.root.text != "local" || traversal.steps.empty()) continue;
      const hcl::Value& key = traversal.steps.front().key;
      const auto other = key.is(hcl::Kind::string) ? locals_.find(key.as_string()) : locals_.end();
      if (other == locals_.end()) continue;
      uses[name].insert(other->first);
      used_by[other->first].insert(name);
    }
  }

  // Those whose uses are all known, over and over; what is left when none is lies on a cycle or behind one.
  std::map<std::string_view, std::size_t> waiting;
  std::vector<std::string_view> ready;
  for (const std::string_view name : order) {
    waiting[name] = uses.contains(name) ? uses[name].size() : 0;
    if (waiting[name] == 0) ready.push_back(name);
  }
  for (std::size_t i = 0; i < ready.size(); ++i) {
    const std::string_view name = ready[i];
    evaluate_local(locals_.at(name), uses[name]);
    waiting.erase(name);
    for (const std::string_view user : used_by[name]) {
      if (--waiting[user] == 0) ready.push_back(user);
    }
    uses.erase(name);
  }
  report_cycles(order, uses);

  std::vector<hcl::Member> members;
  for (const auto& [name, local] : locals_) members.push_back({std::string(name), local.value});
  scope_.set("local", hcl::Value::object(std::move(members)));
}

void Context::evaluate_local(Local& local, const std::set<std::string_view>& uses) {
  const hcl::Expression& expression = *local.attribute->expression;
  if (exhausted_ || !check_names(expression)) return;
  // Only what it uses: an object of all locals for each of them would cost the square of their number.
  std::vector<hcl::Member> members;
  for (const std::string_view name : uses) members.push_back({std::string(name), locals_.at(name).value});
  hcl::Scope scope(&scope_);
  scope.set("local", hcl::Value::object(std::move(members)));
  local.value = hcl::evaluate(expression, scope, diagnostics_);
  exhausted_ = scope_.budget().exhausted();
}

void Context::report_cycles(const std::vector<std::string_view>& order,
                            const std::map<std::string_view, std::set<std::string_view>>& uses) {
  std::set<std::string_view> seen;
  for (const std::string_view start : order) {
    if (!uses.contains(start) || seen.contains(start)) continue;
    // Each of these uses another of these, so following the first one must come back to where it was.
    std::vector<std::string_view> path;
    std::string_view name = start;
    while (seen.insert(name).second) {
      path.push_back(name);
      const auto& next = uses.at(name);
      name = *std::find_if(next.begin(), next.end(), [&](std::string_view other) { return uses.contains(other); });
    }
    const auto cycle = std::find(path.begin(), path.end(), name);
    if (cycle == path.end()) continue;  // led into a cycle that is reported already
    std::string chain;
    for (auto step = cycle; step != path.end(); ++step) {
      if (step - cycle == max_chain_shown) {
        chain += "… → ";
        break;
      }
      chain += base::quoted(*step) + " → ";
    }
    diagnostics_.error(locals_.at(*cycle).attribute->range, "locals use one another in a circle",
                       chain + base::quoted(*cycle));
  }
}

}  // namespace recipe
