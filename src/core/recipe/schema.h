#pragma once

#include <span>
#include <string_view>

/// The language of a recipe as one table. The decoder takes names, types, defaults, choices and multiplicity from here;
/// near misses, docs/recipe.md and the JSON Schema are made from the same rows, so they cannot say anything else.
namespace recipe::schema {

enum class Type {
  text,       ///< one line, not empty, at most max_text bytes
  long_text,  ///< may be empty and have newlines, at most max_long_text bytes
  boolean,
  number,      ///< a whole number
  texts,       ///< list of text
  long_texts,  ///< list of long_text
  map,         ///< text to long_text
  any,         ///< decided by the block that has it
};

struct Attribute {
  std::string_view name;
  Type type;
  bool required = false;
  std::string_view fallback;  ///< what an absent one means, for people; literal text where `choices` are given
  std::string_view doc;       ///< one sentence
  std::span<const std::string_view> choices = {};  ///< the only values of a text
};

enum class Count {
  once,
  optional,
  many,
  one_of,  ///< exactly one of all such siblings
};

struct Block;
struct Child {
  const Block* block;
  Count count;
};

struct Block {
  std::string_view type;
  std::string_view label;  ///< what the label is, as `config --json` names it; "" if there is none
  std::string_view doc;    ///< one or more sentences
  std::span<const Attribute> attributes;
  std::span<const Child> children;
  bool any_attribute = false;  ///< takes any name (`locals`)
};

/// The whole file.
const Block& root();

/// For people: "string", "list of strings", "map of strings", "true or false".
std::string_view type_name(Type type);

}  // namespace recipe::schema
