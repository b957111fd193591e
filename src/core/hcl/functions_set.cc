#include <algorithm>
#include <iterator>

#include "core/hcl/standard_functions.h"

namespace hcl {
namespace {

bool before(const Value& a, const Value& b) { return Value::order(a, b) < 0; }

/// Arguments as sets of their common type.
std::vector<Value> common_sets(Arguments& arguments) {
  std::vector<Type> types;
  for (const Value& one : arguments.all()) types.push_back(one.type());
  auto type = unify(types);
  if (!type) throw base::Error(base::Kind::invalid, "all sets must be of one type");
  std::vector<Value> out;
  for (const Value& one : arguments.all()) out.push_back(convert(one, *type));
  return out;
}

using Merge = std::vector<Value> (*)(std::span<const Value>, std::span<const Value>);

std::vector<Value> unite(std::span<const Value> a, std::span<const Value> b) {
  std::vector<Value> out;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out), before);
  return out;
}
std::vector<Value> intersect(std::span<const Value> a, std::span<const Value> b) {
  std::vector<Value> out;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out), before);
  return out;
}
std::vector<Value> subtract(std::span<const Value> a, std::span<const Value> b) {
  std::vector<Value> out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out), before);
  return out;
}

template <Merge merge>
Value fold(Arguments& arguments) {
  std::vector<Value> sets = common_sets(arguments);
  Value out = sets[0];
  for (std::size_t i = 1; i < sets.size(); i++) {
    arguments.budget().step(out.elements().size() + sets[i].elements().size());
    auto merged = merge(out.elements(), sets[i].elements());
    arguments.budget().collection(merged.size());
    out = Value::set(sets[0].type().element(), std::move(merged));
  }
  return out;
}

/// Every combination of one element of each argument: a list if they are all lists, else a set.
Value setproduct(Arguments& arguments) {
  if (arguments.size() < 2) throw base::Error(base::Kind::invalid, "at least two sets or lists are required");
  std::vector<Value> parts;
  bool ordered = true;
  std::uint64_t total = 1;
  for (std::size_t i = 0; i < arguments.size(); i++) {
    auto elements = sequence(arguments, i);
    bool set = arguments[i].is(Kind::set);
    ordered = ordered && !set;
    parts.push_back(convert(arguments[i], set ? Type::set({}) : Type::list({})));
    total *= elements.size();
    if (total > 0) arguments.budget().collection(total);  // before it can overflow
  }
  arguments.budget().step(total * parts.size());
  arguments.budget().collection(total * parts.size());
  std::vector<Type> types;
  for (const Value& one : parts) types.push_back(one.type().element());
  std::vector<Value> out;
  std::vector<std::size_t> at(parts.size(), 0);
  for (std::uint64_t i = 0; i < total; i++) {
    std::vector<Value> row;
    for (std::size_t j = 0; j < parts.size(); j++) row.push_back(parts[j].elements()[at[j]]);
    out.push_back(Value::tuple(std::move(row)));
    for (std::size_t j = parts.size(); j-- > 0;) {
      if (++at[j] < parts[j].elements().size()) break;
      at[j] = 0;
    }
  }
  Type element = Type::tuple(std::move(types));
  return ordered ? Value::list(element, std::move(out)) : Value::set(element, std::move(out));
}

}  // namespace

void add_set_functions(FunctionTable& table) {
  const Parameter first{"set", Type::set({})}, more{"sets", Type::set({})}, anything{"sets", {}};
  table.add({"setintersection", "what all sets contain", {first}, more, {}, fold<intersect>});
  table.add({"setproduct", "every combination of one element of each set or list", {}, anything, {}, setproduct});
  table.add({"setsubtract",
             "what the first set contains and the second does not",
             {first, {"without", Type::set({})}},
             {},
             {},
             fold<subtract>});
  table.add({"setunion", "what any of the sets contains", {first}, more, {}, fold<unite>});
}

}  // namespace hcl
