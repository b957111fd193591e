#pragma once

#include <vector>

#include "core/base/error.h"
#include "core/hcl/evaluate.h"

namespace hcl {

/// The tree walk behind evaluate.h. A part that fails is reported and becomes an unknown value, with which everything
/// around it goes on silently; only the budget's error leaves as an exception.
class Evaluator {
 public:
  explicit Evaluator(Diagnostics& diagnostics) : diagnostics_(&diagnostics) {}

  /// The value at the expression's own place.
  Value value(const Expression& expression, const Scope& scope);
  /// Where the budget ran out.
  Range last() const { return last_; }

 private:
  Value raw(const Expression& expression, const Scope& scope);
  Value literal(const Literal& node);
  Value variable(const Variable& node, const Scope& scope);
  Value unary(const Unary& node, const Scope& scope);
  Value binary(const Binary& node, const Scope& scope);
  Value logic(const Binary& node, const Scope& scope);
  Value conditional(const Conditional& node, const Scope& scope);
  Value tuple(const Tuple& node, const Scope& scope);
  Value object(const Object& node, const Scope& scope);
  Value for_each(const ForEach& node, const Scope& scope);
  Value join(const Template& node, const Scope& scope);
  Value splat(const Splat& node, const Scope& scope);
  Value call(const Call& node, const Scope& scope);

  // Calls, in calls.cc.
  struct Given {
    std::vector<Value> values;
    bool unknown = false;  // how many there are is not known
    bool failed = false;
  };
  Given arguments(const Call& node, const Scope& scope);
  bool fit(const Call& node, const Function& function, std::vector<Value>& values);
  Value run(const Call& node, const Function& function, const std::vector<Value>& values, Budget& budget);
  Value special(const Call& node, const Function& function, const Scope& scope);

  /// Runs `body`; an error in it is reported at `place`.
  template <class Body>
  Value at_place(Range place, const Scope& scope, Body body) {
    try {
      return body();
    } catch (const base::Error& error) {
      if (scope.budget().exhausted()) throw;
      diagnostics_->error(place, error.message(), error.fix());
      return Value::unknown();
    }
  }
  /// As value(), with what it reports put elsewhere.
  Value value_into(Diagnostics& diagnostics, const Expression& expression, const Scope& scope);

  Diagnostics* diagnostics_;
  std::vector<Value> splat_items_;
  Range last_;
};

}  // namespace hcl
