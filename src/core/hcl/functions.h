#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/hcl/budget.h"
#include "core/hcl/value.h"

namespace hcl {

enum class Nulls { refused, allowed };

struct Parameter {
  std::string name;
  Type type;  ///< arguments are converted to it; dynamic takes anything
  Nulls nulls = Nulls::refused;
};

/// What a function sees of its call: arguments converted to the parameters' types, known (elements too, unless the
/// function takes unknown ones).
class Arguments {
 public:
  Arguments(std::span<const Value> values, Range call, Budget& budget)
      : values_(values), call_(call), budget_(budget) {}

  std::size_t size() const { return values_.size(); }
  const Value& operator[](std::size_t index) const { return values_[index]; }
  std::span<const Value> all() const { return values_; }
  Range call() const { return call_; }
  Budget& budget() { return budget_; }

  /// The error to throw for argument `index`: it is shown under that argument.
  base::Error problem(std::size_t index, std::string message);
  std::optional<std::size_t> problem_at() const { return problem_at_; }

 private:
  std::span<const Value> values_;
  Range call_;
  Budget& budget_;
  std::optional<std::size_t> problem_at_;
};

enum class Unknowns { pass_by, taken };

/// One function of the language.
struct Function {
  std::string name;
  std::string summary;  ///< one line for the reference, without a full stop
  std::vector<Parameter> parameters;
  std::optional<Parameter> variadic = {};
  /// Type of the result when an argument is unknown; dynamic if it depends on the arguments.
  Type result = {};
  /// Throws base::Error for arguments it cannot work with. Called from several threads at once.
  std::function<Value(Arguments&)> implementation = {};
  /// `taken`: called with unknown arguments as well.
  Unknowns unknowns = Unknowns::pass_by;
  /// try() and can(): the evaluator gives them their arguments unevaluated.
  enum class Special { none, first_that_works, works } special = Special::none;

  /// "join(separator, lists...)".
  std::string signature() const;
};

/// Functions by name. A caller adds its own to a copy of the standard ones:
///
///     hcl::FunctionTable functions = hcl::standard_functions();
///     functions.add({.name = "yamldecode", .summary = "…", .parameters = {{"text", hcl::Type::string()}},
///                    .implementation = [](hcl::Arguments& arguments) { … }});
class FunctionTable {
 public:
  /// Replaces one of the same name.
  void add(Function function);
  const Function* find(std::string_view name) const;
  std::vector<std::string> names() const;  ///< sorted
  const std::map<std::string, Function, std::less<>>& all() const { return functions_; }

 private:
  std::map<std::string, Function, std::less<>> functions_;
};

/// Terraform's functions as far as they look at nothing but their arguments. Made at the first call; thread-safe.
const FunctionTable& standard_functions();

}  // namespace hcl
