#include <algorithm>
#include <map>
#include <set>

#include "core/base/text.h"
#include "core/hcl/operations.h"
#include "core/hcl/standard_functions.h"
#include "core/hcl/unicode.h"

namespace hcl {
namespace {

base::Error invalid(std::string message) { return base::Error(base::Kind::invalid, std::move(message)); }

/// The members of a map or an object.
std::span<const Member> mapping(Arguments& arguments, std::size_t index) {
  const Value& value = arguments[index];
  if (value.is(Kind::map) || value.is(Kind::object)) return value.members();
  throw arguments.problem(index, "a map or an object is required, not " + value.describe());
}

/// `elements` as what `like` is: a list of its element type, or a tuple.
Value sequence_like(const Value& like, std::vector<Value> elements, Budget& budget) {
  if (like.kind() == Kind::tuple) {
    budget.collection(elements.size());
    return Value::tuple(std::move(elements));
  }
  return list_of(like.type().element(), std::move(elements), budget);
}

bool same(const Value& a, const Value& b) {
  Value out = equal(a, b);
  return out.is_known() && out.as_boolean();
}

Value all_or_any(Arguments& arguments, bool wanted) {
  for (const Value& one : arguments[0].elements())
    if ((!one.is_null() && one.as_boolean()) == wanted) return Value::boolean(wanted);
  return Value::boolean(!wanted);
}

Value chunklist(Arguments& arguments) {
  auto elements = arguments[0].elements();
  auto size = static_cast<std::size_t>(whole_number(arguments, 1, 0, 1 << 30));
  Type chunk_type = arguments[0].type();
  std::vector<Value> chunks;
  if (size == 0) size = std::max<std::size_t>(elements.size(), 1);
  for (std::size_t at = 0; at < elements.size(); at += size) {
    auto part = elements.subspan(at, std::min(size, elements.size() - at));
    chunks.push_back(list_of(chunk_type.element(), {part.begin(), part.end()}, arguments.budget()));
  }
  return list_of(chunk_type, std::move(chunks), arguments.budget());
}

Value coalesce(Arguments& arguments) {
  std::vector<Type> types;
  for (const Value& one : arguments.all()) types.push_back(one.type());
  auto type = unify(types);
  if (!type) throw invalid("all arguments must be of one type");
  for (const Value& one : arguments.all()) {
    Value value = convert(one, *type);
    if (value.is_unknown()) return Value::unknown(*type);
    if (value.is_null() || (value.is(Kind::string) && value.as_string().empty())) continue;
    return value;
  }
  throw invalid("every argument is null or an empty string");
}

Value coalescelist(Arguments& arguments) {
  for (std::size_t i = 0; i < arguments.size(); i++) {
    if (arguments[i].is_null()) continue;
    if (!sequence(arguments, i).empty()) return arguments[i];
  }
  throw invalid("every argument is null or empty");
}

Value concat(Arguments& arguments) {
  if (arguments.size() == 0) throw invalid("at least one list is required");
  std::vector<Value> out;
  std::vector<Type> types;
  for (std::size_t i = 0; i < arguments.size(); i++) {
    if (arguments[i].is(Kind::set)) throw arguments.problem(i, "a list is required, not a set");
    auto elements = sequence(arguments, i);
    arguments.budget().collection(elements.size());
    out.insert(out.end(), elements.begin(), elements.end());
    types.push_back(arguments[i].type());
  }
  bool all_lists = std::all_of(types.begin(), types.end(), [](const Type& t) { return t.kind() == Kind::list; });
  auto common = all_lists ? unify(types) : std::nullopt;
  if (!common) return Value::tuple(std::move(out));
  for (Value& one : out) one = convert(one, common->element());
  return Value::list(common->element(), std::move(out));
}

Value contains(Arguments& arguments) {
  auto elements = sequence(arguments, 0);
  arguments.budget().step(elements.size() * arguments[1].weight());
  for (const Value& one : elements)
    if (same(one, arguments[1])) return Value::boolean(true);
  return Value::boolean(false);
}

Value distinct(Arguments& arguments) {
  auto before = [](const Value* a, const Value* b) { return Value::order(*a, *b) < 0; };
  std::set<const Value*, decltype(before)> seen(before);
  std::vector<Value> out;
  for (const Value& one : arguments[0].elements())
    if (seen.insert(&one).second) out.push_back(one);
  return list_of(arguments[0].type().element(), std::move(out), arguments.budget());
}

Value element(Arguments& arguments) {
  auto elements = sequence(arguments, 0);
  if (arguments[0].is(Kind::set)) throw arguments.problem(0, "a list is required, not a set");
  if (elements.empty()) throw arguments.problem(0, "an empty list has no elements");
  constexpr std::int64_t far = std::int64_t{1} << 40;
  auto count = static_cast<std::int64_t>(elements.size());
  std::int64_t index = whole_number(arguments, 1, -far, far) % count;
  return elements[static_cast<std::size_t>(index < 0 ? index + count : index)];
}

void flatten_into(std::span<const Value> elements, std::vector<Value>& out, Budget& budget) {
  budget.step(elements.size());
  for (const Value& one : elements) {
    if (one.is(Kind::list) || one.is(Kind::set) || one.is(Kind::tuple)) {
      flatten_into(one.elements(), out, budget);  // no deeper than max_value_depth
    } else {
      out.push_back(one);
    }
  }
}

Value formatlist(Arguments& arguments) {
  auto given = arguments.all().subspan(1);
  auto is_sequence = [](const Value& v) { return v.is(Kind::list) || v.is(Kind::set) || v.is(Kind::tuple); };
  std::optional<std::size_t> length;
  for (std::size_t i = 0; i < given.size(); i++) {
    if (!is_sequence(given[i])) continue;
    std::size_t here = given[i].elements().size();
    if (length && *length != here) {
      throw arguments.problem(i + 1, "the lists must be of one length, and this has " + std::to_string(here) +
                                         " elements, the first " + std::to_string(*length));
    }
    length = here;
  }
  std::vector<Value> out;
  for (std::size_t row = 0; row < length.value_or(1); row++) {
    std::vector<Value> values;
    for (const Value& one : given) values.push_back(is_sequence(one) ? one.elements()[row] : one);
    arguments.budget().step(1 + values.size());
    out.push_back(Value::string(format_values(arguments[0].as_string(), values, arguments.budget())));
  }
  return list_of(Type::string(), std::move(out), arguments.budget());
}

Value index(Arguments& arguments) {
  auto elements = sequence(arguments, 0);
  if (arguments[0].is(Kind::set)) throw arguments.problem(0, "the elements of a set have no index");
  arguments.budget().step(elements.size() * arguments[1].weight());
  for (std::size_t i = 0; i < elements.size(); i++)
    if (same(elements[i], arguments[1])) return Value::number(static_cast<std::int64_t>(i));
  throw arguments.problem(1, arguments[1].describe() + " is not in the list");
}

Value keys(Arguments& arguments) {
  std::vector<Value> out;
  for (const Member& one : mapping(arguments, 0)) out.push_back(Value::string(one.name, one.name_range));
  arguments.budget().collection(out.size());
  if (arguments[0].kind() == Kind::object) return Value::tuple(std::move(out));
  return Value::list(Type::string(), std::move(out));
}

Value values(Arguments& arguments) {
  std::vector<Value> out;
  for (const Member& one : mapping(arguments, 0)) out.push_back(one.value);
  arguments.budget().collection(out.size());
  if (arguments[0].kind() == Kind::object) return Value::tuple(std::move(out));
  return Value::list(arguments[0].type().element(), std::move(out));
}

Value length(Arguments& arguments) {
  const Value& value = arguments[0];
  if (value.is(Kind::string)) {
    arguments.budget().step(value.as_string().size() / 64);
    return Value::number(static_cast<std::int64_t>(character_count(value.as_string())));
  }
  if (value.is(Kind::map) || value.is(Kind::object)) {
    return Value::number(static_cast<std::int64_t>(value.members().size()));
  }
  if (value.is(Kind::boolean) || value.is(Kind::number)) {
    throw arguments.problem(0, "a string, a list, a set, a map or an object is required, not " + value.describe());
  }
  return Value::number(static_cast<std::int64_t>(sequence(arguments, 0).size()));
}

Value lookup(Arguments& arguments) {
  if (arguments.size() > 3) throw arguments.problem(3, "at most three arguments are taken");
  mapping(arguments, 0);
  if (const Value* found = arguments[0].find(arguments[1].as_string())) return *found;
  if (arguments.size() < 3) {
    throw arguments.problem(1, "there is no element " + base::quoted(arguments[1].as_string()) + ", and no default");
  }
  return arguments[0].kind() == Kind::map ? convert(arguments[2], arguments[0].type().element()) : arguments[2];
}

Value matchkeys(Arguments& arguments) {
  auto given = arguments[0].elements(), keys = arguments[1].elements(), wanted = arguments[2].elements();
  if (given.size() != keys.size()) {
    throw arguments.problem(1, "as many keys as values are required: " + std::to_string(given.size()));
  }
  Type types[] = {arguments[1].type(), arguments[2].type()};
  auto common = unify(types);
  if (!common) throw arguments.problem(2, "the keys and the wanted ones must be of one type");
  arguments.budget().step(std::uint64_t{keys.size()} * wanted.size());
  std::vector<Value> out;
  for (std::size_t i = 0; i < keys.size(); i++) {
    Value key = convert(keys[i], common->element());
    bool found = std::any_of(wanted.begin(), wanted.end(),
                             [&](const Value& one) { return same(convert(one, common->element()), key); });
    if (found) out.push_back(given[i]);
  }
  return list_of(arguments[0].type().element(), std::move(out), arguments.budget());
}

Value merge(Arguments& arguments) {
  std::map<std::string, Member> merged;
  std::optional<Type> type;
  bool one_type = true;
  for (std::size_t i = 0; i < arguments.size(); i++) {
    Type here = arguments[i].is_null() && arguments[i].kind() != Kind::map ? Type::object({}) : arguments[i].type();
    one_type = one_type && (!type || *type == here);
    type = here;
    if (arguments[i].is_null()) continue;
    for (const Member& member : mapping(arguments, i)) merged.insert_or_assign(member.name, member);
  }
  arguments.budget().collection(merged.size());
  std::vector<Member> out;
  for (auto& [name, member] : merged) out.push_back(std::move(member));
  if (type && one_type && type->kind() == Kind::map) return Value::map(type->element(), std::move(out));
  return Value::object(std::move(out));
}

Value one(Arguments& arguments) {
  auto elements = sequence(arguments, 0);
  if (elements.size() > 1) {
    throw arguments.problem(0, "a list of at most one element is required, not of " + std::to_string(elements.size()));
  }
  return elements.empty() ? Value::null(arguments[0].type().element()) : elements[0];
}

/// range(limit), range(start, limit), range(start, limit, step)
Value range(Arguments& arguments) {
  std::size_t count = arguments.size();
  if (count == 0 || count > 3)
    throw invalid("one to three numbers are required: limit, start and limit, or a step too");
  const Number start = count > 1 ? arguments[0].as_number() : Number();
  const Number limit = arguments[count > 1 ? 1 : 0].as_number();
  const Number step = count > 2 ? arguments[2].as_number() : Number(limit < start ? -1 : 1);
  if (step.is_zero()) throw arguments.problem(2, "the step must not be 0");
  if (step.is_negative() ? limit > start : limit < start) {
    throw arguments.problem(count > 1 ? 1 : 0,
                            "steps of " + step.text() + " never get from " + start.text() + " to " + limit.text());
  }
  constexpr std::size_t most = 1024;  // Terraform's limit too
  std::vector<Value> out;
  for (Number at = start; step.is_negative() ? at > limit : at < limit;) {
    if (out.size() == most) throw invalid("more than " + std::to_string(most) + " numbers");
    out.push_back(Value::number(at));
    auto next = Number::add(at, step);
    if (!next || *next == at) throw invalid("the numbers are too large for the step");
    at = *next;
  }
  return list_of(Type::number(), std::move(out), arguments.budget());
}

Value slice(Arguments& arguments) {
  auto elements = sequence(arguments, 0);
  if (arguments[0].is(Kind::set)) throw arguments.problem(0, "the elements of a set have no index");
  auto count = static_cast<std::int64_t>(elements.size());
  auto end = whole_number(arguments, 2, 0, count), start = whole_number(arguments, 1, 0, end);
  auto part = elements.subspan(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start));
  return sequence_like(arguments[0], {part.begin(), part.end()}, arguments.budget());
}

Value sort(Arguments& arguments) {
  auto elements = arguments[0].elements();
  std::vector<Value> out(elements.begin(), elements.end());
  for (const Value& one : out)
    if (one.is_null()) throw arguments.problem(0, "null cannot be sorted");
  std::stable_sort(out.begin(), out.end(),
                   [](const Value& a, const Value& b) { return a.as_string() < b.as_string(); });
  return list_of(Type::string(), std::move(out), arguments.budget());
}

/// {a = ["x", "y"], b = ["x"]} becomes {x = ["a", "b"], y = ["a"]}.
Value transpose(Arguments& arguments) {
  std::map<std::string, std::vector<Value>> groups;
  for (const Member& member : arguments[0].members()) {
    if (member.value.is_null()) throw arguments.problem(0, "null is not a list");
    for (const Value& one : member.value.elements()) {
      if (one.is_null()) throw arguments.problem(0, "null is not a key");
      arguments.budget().collection(1);
      groups[one.as_string()].push_back(Value::string(member.name));
    }
  }
  std::vector<Member> out;
  for (auto& [name, group] : groups) out.push_back({name, Value::list(Type::string(), std::move(group))});
  return Value::map(strings(), std::move(out));
}

Value zipmap(Arguments& arguments) {
  auto names = arguments[0].elements();
  auto given = sequence(arguments, 1);
  if (names.size() != given.size()) {
    throw arguments.problem(1, "as many values as keys are required: " + std::to_string(names.size()) + ", not " +
                                   std::to_string(given.size()));
  }
  arguments.budget().collection(names.size());
  std::vector<Member> out;
  for (std::size_t i = 0; i < names.size(); i++) {
    if (names[i].is_null()) throw arguments.problem(0, "null is not a key");
    out.push_back({names[i].as_string(), given[i]});
  }
  if (arguments[1].kind() == Kind::tuple) return Value::object(std::move(out));
  return Value::map(arguments[1].type().element(), std::move(out));
}

Value reverse(Arguments& arguments) {
  auto elements = sequence(arguments, 0);
  return sequence_like(arguments[0], {elements.rbegin(), elements.rend()}, arguments.budget());
}

Value flatten(Arguments& arguments) {
  std::vector<Value> out;
  flatten_into(sequence(arguments, 0), out, arguments.budget());
  arguments.budget().collection(out.size());
  return Value::tuple(std::move(out));
}

Value compact(Arguments& arguments) {
  std::vector<Value> out;
  for (const Value& one : arguments[0].elements())
    if (!one.is_null() && !one.as_string().empty()) out.push_back(one);
  return list_of(Type::string(), std::move(out), arguments.budget());
}

}  // namespace

void add_collection_functions(FunctionTable& table) {
  const Parameter list{"list", Type()}, map{"map", Type()}, any_list{"list", Type::list({})},
      string_list{"list", strings()};
  const Type number = Type::number(), boolean = Type::boolean(), string = Type::string();
  table.add({"alltrue",
             "whether every element of a list is true",
             {{"list", Type::list(boolean)}},
             {},
             boolean,
             [](Arguments& arguments) { return all_or_any(arguments, false); }});
  table.add({"anytrue",
             "whether an element of a list is true",
             {{"list", Type::list(boolean)}},
             {},
             boolean,
             [](Arguments& arguments) { return all_or_any(arguments, true); }});
  table.add({"chunklist",
             "a list cut into lists of at most the given size",
             {any_list, {"size", number}},
             {},
             {},
             chunklist});
  table.add({"coalesce",
             "the first value that is neither null nor an empty string",
             {},
             Parameter{"values", {}, Nulls::allowed},
             {},
             coalesce,
             Unknowns::taken});
  table.add({"coalescelist",
             "the first list that is neither null nor empty",
             {},
             Parameter{"lists", {}, Nulls::allowed},
             {},
             coalescelist});
  table.add({"compact", "a list of strings without null and empty ones", {string_list}, {}, strings(), compact});
  table.add({"concat", "the elements of lists, one list after another", {}, Parameter{"lists", {}}, {}, concat});
  table.add({"contains",
             "whether a value is an element of a list",
             {list, {"value", {}, Nulls::allowed}},
             {},
             boolean,
             contains});
  table.add({"distinct", "a list without the elements that occurred before", {any_list}, {}, {}, distinct});
  table.add({"element",
             "the element of a list with an index, which starts again after the last",
             {list, {"index", number}},
             {},
             {},
             element});
  table.add({"flatten", "a list with the elements of the lists inside it in their place", {list}, {}, {}, flatten});
  table.add({"formatlist",
             "format() for each element of lists of one length",
             {{"format", string}},
             Parameter{"values", {}, Nulls::allowed},
             strings(),
             formatlist});
  table.add({"index", "the index of the first element that equals a value", {list, {"value", {}}}, {}, number, index});
  table.add({"keys", "the keys of a map, sorted", {map}, {}, {}, keys});
  table.add(
      {"length", "how many characters a string or elements a collection has", {{"value", {}}}, {}, number, length});
  table.add({"lookup",
             "the element of a map with a key, or a default",
             {map, {"key", string}},
             Parameter{"default", {}, Nulls::allowed},
             {},
             lookup});
  table.add({"matchkeys",
             "the values whose keys, at the same index, are among the wanted ones",
             {{"values", Type::list({})}, {"keys", Type::list({})}, {"wanted", Type::list({})}},
             {},
             {},
             matchkeys});
  table.add({"merge",
             "the elements of maps together; of one key the last counts",
             {},
             Parameter{"maps", {}, Nulls::allowed},
             {},
             merge});
  table.add({"one", "the only element of a list, or null if it is empty", {list}, {}, {}, one});
  table.add({"range",
             "the numbers from start (0) up to a limit by a step (1)",
             {},
             Parameter{"numbers", number},
             Type::list(number),
             range});
  table.add({"reverse", "a list in reverse order", {list}, {}, {}, reverse});
  table.add({"slice",
             "part of a list from a start index up to an end index",
             {list, {"start", number}, {"end", number}},
             {},
             {},
             slice});
  table.add({"sort", "a list of strings in the order of their code points", {string_list}, {}, strings(), sort});
  table.add({"transpose",
             "a map of lists with keys and elements exchanged",
             {{"map", Type::map(strings())}},
             {},
             Type::map(strings()),
             transpose});
  table.add({"values", "the values of a map, sorted by key", {map}, {}, {}, values});
  table.add({"zipmap",
             "a map made of a list of keys and a list of values",
             {{"keys", strings()}, {"values", {}}},
             {},
             {},
             zipmap});
}

}  // namespace hcl
