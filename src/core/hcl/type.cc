#include "core/hcl/type.h"

#include <algorithm>
#include <unordered_set>

#include "core/hcl/json_text.h"
#include "core/hcl/value.h"

namespace hcl {

struct Type::Parts {
  std::vector<Type> elements;  // of a collection exactly one
  std::map<std::string, Type> attributes;
};

Type Type::list(Type element) {
  return Type(Kind::list, std::make_shared<const Parts>(Parts{{std::move(element)}, {}}));
}
Type Type::set(Type element) { return Type(Kind::set, std::make_shared<const Parts>(Parts{{std::move(element)}, {}})); }
Type Type::map(Type element) { return Type(Kind::map, std::make_shared<const Parts>(Parts{{std::move(element)}, {}})); }
Type Type::tuple(std::vector<Type> elements) {
  return Type(Kind::tuple, std::make_shared<const Parts>(Parts{std::move(elements), {}}));
}
Type Type::object(std::map<std::string, Type> attributes) {
  return Type(Kind::object, std::make_shared<const Parts>(Parts{{}, std::move(attributes)}));
}

Type Type::element() const {
  bool collection = kind_ == Kind::list || kind_ == Kind::set || kind_ == Kind::map;
  return collection ? parts_->elements[0] : Type();
}

std::span<const Type> Type::elements() const {
  return kind_ == Kind::tuple ? std::span<const Type>(parts_->elements) : std::span<const Type>();
}

const std::map<std::string, Type>& Type::attributes() const {
  static const std::map<std::string, Type> none;
  return kind_ == Kind::object ? parts_->attributes : none;
}

bool Type::has_dynamic() const {
  if (kind_ == Kind::dynamic) return true;
  if (!parts_) return false;
  return std::any_of(parts_->elements.begin(), parts_->elements.end(), [](const Type& t) { return t.has_dynamic(); }) ||
         std::any_of(parts_->attributes.begin(), parts_->attributes.end(),
                     [](const auto& attribute) { return attribute.second.has_dynamic(); });
}

std::string Type::name() const {
  switch (kind_) {
    case Kind::dynamic:
      return "any type";
    case Kind::boolean:
      return "bool";
    case Kind::number:
      return "number";
    case Kind::string:
      return "string";
    case Kind::list:
      return "list of " + element().name();
    case Kind::set:
      return "set of " + element().name();
    case Kind::map:
      return "map of " + element().name();
    case Kind::tuple:
      return "tuple";
    case Kind::object:
      return "object";
  }
  return {};
}

namespace {

/// An attribute's name, quoted when it could be taken for something else: different types have different texts.
void append_name(std::string& out, std::string_view name) {
  bool word = name.find_first_of(" =,(){}[]\"") == std::string_view::npos;
  if (word) {
    out += name;
  } else {
    append_json_string(out, name);
  }
}

}  // namespace

std::string Type::constraint() const {
  switch (kind_) {
    case Kind::dynamic:
      return "any";
    case Kind::list:
      return "list(" + element().constraint() + ")";
    case Kind::set:
      return "set(" + element().constraint() + ")";
    case Kind::map:
      return "map(" + element().constraint() + ")";
    case Kind::tuple: {
      std::string out;
      for (const Type& one : elements()) out += (out.empty() ? "" : ", ") + one.constraint();
      return "tuple([" + out + "])";
    }
    case Kind::object: {
      std::string out;
      for (const auto& [name, type] : attributes()) {
        if (!out.empty()) out += ", ";
        append_name(out, name);
        out += "=" + type.constraint();
      }
      return "object({" + out + "})";
    }
    default:
      return name();
  }
}

bool Type::operator==(const Type& other) const {
  if (kind_ != other.kind_) return false;
  if (parts_ == other.parts_) return true;
  return parts_->elements == other.parts_->elements && parts_->attributes == other.parts_->attributes;
}

namespace {

std::optional<Type> unify_elements(std::span<const Type> collections, Type (*collection)(Type)) {
  std::vector<Type> elements;
  for (const Type& one : collections) elements.push_back(one.element());
  auto element = unify(elements);
  if (!element) return std::nullopt;
  return collection(*element);
}

/// Tuples of one length stay a tuple; others become a list.
std::optional<Type> unify_tuples(std::span<const Type> tuples) {
  std::size_t length = tuples[0].elements().size();
  bool same_length =
      std::all_of(tuples.begin(), tuples.end(), [&](const Type& t) { return t.elements().size() == length; });
  if (!same_length) {
    std::vector<Type> all;
    for (const Type& one : tuples) all.insert(all.end(), one.elements().begin(), one.elements().end());
    auto element = unify(all);
    if (!element) return std::nullopt;
    return Type::list(*element);
  }
  std::vector<Type> out;
  for (std::size_t i = 0; i < length; i++) {
    std::vector<Type> across;
    for (const Type& one : tuples) across.push_back(one.elements()[i]);
    auto element = unify(across);
    if (!element) return std::nullopt;
    out.push_back(*element);
  }
  return Type::tuple(std::move(out));
}

/// Objects with the same attributes stay an object; others become a map.
std::optional<Type> unify_objects(std::span<const Type> objects) {
  const auto& first = objects[0].attributes();
  auto same_names = [&](const Type& t) {
    return t.attributes().size() == first.size() &&
           std::equal(first.begin(), first.end(), t.attributes().begin(),
                      [](const auto& a, const auto& b) { return a.first == b.first; });
  };
  if (!std::all_of(objects.begin(), objects.end(), same_names)) {
    std::vector<Type> all;
    for (const Type& one : objects)
      for (const auto& [name, type] : one.attributes()) all.push_back(type);
    auto element = unify(all);
    if (!element) return std::nullopt;
    return Type::map(*element);
  }
  std::map<std::string, Type> out;
  for (const auto& [name, type] : first) {
    std::vector<Type> across;
    for (const Type& one : objects) across.push_back(one.attributes().at(name));
    auto attribute = unify(across);
    if (!attribute) return std::nullopt;
    out.emplace(name, *attribute);
  }
  return Type::object(std::move(out));
}

/// The first of `types` that all others convert to without loss, or else at all. Many different types of mixed kinds
/// have none in practice, and looking for it would take quadratic time.
std::optional<Type> preferred(std::span<const Type> types) {
  constexpr std::size_t most = 64;
  if (types.size() > most) return std::nullopt;
  for (Conversion wanted : {Conversion::safe, Conversion::unsafe}) {
    for (const Type& candidate : types) {
      bool fits = std::all_of(types.begin(), types.end(),
                              [&](const Type& t) { return t == candidate || conversion(t, candidate) >= wanted; });
      if (fits) return candidate;
    }
  }
  return std::nullopt;
}

/// Each type once, without dynamic ones.
std::vector<Type> distinct(std::span<const Type> given) {
  std::vector<Type> out;
  std::unordered_set<std::string> seen;
  for (const Type& one : given) {
    if (one.kind() == Kind::dynamic || (!out.empty() && one == out.back())) continue;
    if (seen.insert(one.constraint()).second) out.push_back(one);
  }
  return out;
}

}  // namespace

// Where spec.md and upstream's implementation part (objects with different attributes, a map with an object, a list
// with a tuple), this follows the implementation, because that is what people know from Terraform.
std::optional<Type> unify(std::span<const Type> given) {
  std::vector<Type> types = distinct(given);
  if (given.empty()) return std::nullopt;
  if (types.empty()) return Type::dynamic();
  if (types.size() == 1) return types[0];
  auto all = [&](auto... kinds) {
    return std::all_of(types.begin(), types.end(), [&](const Type& t) { return ((t.kind() == kinds) || ...); });
  };
  if (all(Kind::list)) return unify_elements(types, Type::list);
  if (all(Kind::set)) return unify_elements(types, Type::set);
  if (all(Kind::map)) return unify_elements(types, Type::map);
  if (all(Kind::tuple)) return unify_tuples(types);
  if (all(Kind::object)) return unify_objects(types);
  // Literal objects and tuples beside collections are usually meant as collections.
  if (all(Kind::map, Kind::object) || all(Kind::list, Kind::tuple)) {
    std::vector<Type> elements;
    for (const Type& one : types) {
      if (one.kind() == Kind::map || one.kind() == Kind::list) elements.push_back(one.element());
      elements.insert(elements.end(), one.elements().begin(), one.elements().end());
      for (const auto& [name, type] : one.attributes()) elements.push_back(type);
    }
    if (auto element = unify(elements)) {
      return types[0].is_mapping() ? Type::map(*element) : Type::list(*element);
    }
  }
  return preferred(types);
}

}  // namespace hcl
