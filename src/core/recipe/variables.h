#pragma once

#include <map>
#include <string>
#include <string_view>

namespace recipe {

/// A value for `${name}` and where a person would change it: "vars", "--var", "build-arg", "vars file 'x.yml'".
struct Given {
  std::string value;
  std::string origin;
};

/// What the caller hands to a recipe. Later ones win: the caller inserts in rising precedence with insert_or_assign.
using Variables = std::map<std::string, Given, std::less<>>;

/// Whether `${name}` can be written: an identifier of the language that is none of its words ("true", "local" …).
bool is_variable_name(std::string_view name);

/// Adds the scalars of one YAML or JSON map ("name: value"), over those that are there. Numbers, booleans and dates
/// count as the text that was written ("1.10" stays "1.10"). `file` names it in errors and in origins.
/// Throws invalid: over 1 MiB, not a map, a key twice, a value that is a list, map or null, anchors and tags.
void add_vars_file(Variables& variables, std::string_view text, std::string_view file);

/// Adds one "name=value" of a command line. Throws invalid without '=' or with a name that no recipe can use.
void add_assignment(Variables& variables, std::string_view assignment, std::string_view origin);

}  // namespace recipe
