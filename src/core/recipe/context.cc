#include "core/recipe/context.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/recipe/functions.h"
#include "core/recipe/reader.h"

namespace recipe {
namespace {

constexpr std::size_t max_names_shown = 20;

/// "'a', 'b' and 3 more".
template <class Names>
std::string some_of(const Names& names) {
  std::string text;
  std::size_t shown = 0;
  for (const auto& name : names) {
    if (shown == max_names_shown) return text + " and " + std::to_string(names.size() - shown) + " more";
    text += (shown++ ? ", " : "") + base::quoted(name);
  }
  return text;
}

}  // namespace

Context::Context(const Variables& given, hcl::Diagnostics& diagnostics)
    : given_(given), diagnostics_(diagnostics), scope_(functions()) {
  for (const auto& [name, variable] : given_) scope_.set(name, hcl::Value::string(variable.value));
}

void Context::declare(const hcl::Body& file) {
  for (const hcl::Block& block : file.blocks) {
    if (block.type.text == "variable") declare_variable(block);
  }
  declare_locals(file);
  for (const auto& [name, block] : declared_) validate_variable(*block);
}

hcl::Value Context::evaluate(const hcl::Expression& expression) {
  if (exhausted_ || !check_names(expression)) return hcl::Value::unknown({}, expression.range);
  hcl::Value value = hcl::evaluate(expression, scope_, diagnostics_);
  exhausted_ = scope_.budget().exhausted();
  return value;
}

std::vector<UsedVariable> Context::used() const {
  std::vector<UsedVariable> used;
  for (const auto& [name, variable] : used_) used.push_back(variable);
  return used;
}

bool Context::check_names(const hcl::Expression& expression) {
  if (expression.kind == hcl::ExpressionKind::literal) return true;
  bool fine = true;
  for (const hcl::Traversal& traversal : hcl::variables_of(expression)) {
    const std::string_view name = traversal.root.text;
    if (name == "local") {
      fine = check_local(traversal) && fine;
    } else if (!scope_.find(name)) {
      report_unknown(traversal.root);
    } else if (!used_.contains(name) && !reported_.contains(name)) {
      auto given = given_.find(name);
      const hcl::Value& value = *scope_.find(name);
      std::string text = given != given_.end() ? given->second.value : "";
      if (given == given_.end() && value.is_known() && !value.is_null()) {
        text = hcl::convert(value, hcl::Type::string()).as_string();
      }
      used_.emplace(name, UsedVariable{std::string(name), std::move(text),
                                       given != given_.end() ? given->second.origin : "default"});
    }
  }
  return fine;
}

bool Context::check_local(const hcl::Traversal& traversal) {
  if (traversal.steps.empty() || !traversal.steps.front().key.is(hcl::Kind::string)) {
    diagnostics_.error(traversal.range, "'local' is no value by itself", "write local.name");
    return false;
  }
  const std::string& name = traversal.steps.front().key.as_string();
  if (locals_.contains(name)) return true;
  std::vector<std::string> known;
  for (const auto& [local, entry] : locals_) known.emplace_back(local);
  std::string detail = hcl::suggestion(name, known);
  if (detail.empty()) detail = known.empty() ? "the file has no locals" : "there are " + some_of(known);
  diagnostics_.error(traversal.steps.front().range, "there is no local " + base::quoted(name), std::move(detail));
  return false;
}

void Context::report_unknown(const hcl::Name& name) {
  scope_.set(std::string(name.text), hcl::Value::unknown());
  reported_.emplace(name.text);
  std::vector<std::string> known;
  for (const auto& [variable, value] : given_) known.push_back(variable);
  for (const auto& [variable, block] : declared_) {
    if (!given_.contains(variable)) known.emplace_back(variable);
  }
  std::string detail = hcl::suggestion(name.text, known);
  if (!detail.empty()) detail += " ";
  if (name.text == "var") detail = "write the variable's name alone, without 'var.' in front; ";
  detail += known.empty() ? "no variables are given" : "there are " + some_of(known);
  diagnostics_.error(name.range, "unknown variable " + base::quoted(name.text), std::move(detail));
}

}  // namespace recipe
