#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/hcl/ast.h"
#include "core/hcl/diagnostics.h"
#include "core/hcl/evaluate.h"
#include "core/hcl/static.h"
#include "core/recipe/recipe.h"

namespace recipe {

/// What all parts of one load share: variables, locals, where problems go. Use from one thread.
class Context {
 public:
  Context(const Variables& given, hcl::Diagnostics& diagnostics);

  /// Reads the `variable` and `locals` blocks of the file, before anything else is evaluated.
  void declare(const hcl::Body& file);

  /// The value of `expression`; what cannot be known because of a reported problem is an unknown value. Each variable
  /// that nobody gave is reported once.
  hcl::Value evaluate(const hcl::Expression& expression);

  hcl::Diagnostics& diagnostics() { return diagnostics_; }
  std::vector<UsedVariable> used() const;

 private:
  struct Local {
    const hcl::Attribute* attribute;
    hcl::Value value;
  };

  void declare_variable(const hcl::Block& block);
  void declare_locals(const hcl::Body& file);
  void evaluate_local(Local& local, const std::set<std::string_view>& uses);
  void report_cycles(const std::vector<std::string_view>& order,
                     const std::map<std::string_view, std::set<std::string_view>>& uses);
  void validate_variable(const hcl::Block& block);
  /// Reports what `expression` reads and nobody defined; false if evaluating it would only say so again.
  bool check_names(const hcl::Expression& expression);
  bool check_local(const hcl::Traversal& traversal);
  void report_unknown(const hcl::Name& name);

  const Variables& given_;
  hcl::Diagnostics& diagnostics_;
  hcl::Scope scope_;
  std::map<std::string_view, const hcl::Block*> declared_;
  std::map<std::string_view, Local> locals_;
  std::map<std::string, UsedVariable, std::less<>> used_;
  std::set<std::string, std::less<>> reported_;
  bool exhausted_ = false;
};

}  // namespace recipe
