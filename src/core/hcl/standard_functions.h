#pragma once

#include <string>
#include <vector>

#include "core/hcl/functions.h"

namespace hcl {

// The pieces of standard_functions(), one a file.
void add_string_functions(FunctionTable& table);
void add_pattern_functions(FunctionTable& table);
void add_collection_functions(FunctionTable& table);
void add_set_functions(FunctionTable& table);
void add_number_functions(FunctionTable& table);
void add_conversion_functions(FunctionTable& table);

/// format()'s work: `pattern` with its verbs replaced by `values`. Throws invalid.
std::string format_values(const std::string& pattern, std::span<const Value> values, Budget& budget);

inline Type strings() { return Type::list(Type::string()); }

/// A list of `type` made of values that have it.
Value list_of(Type type, std::vector<Value> values, Budget& budget);
Value list_of_strings(std::vector<std::string> texts, Budget& budget);

/// A whole number in [least, most], or the problem of argument `index`.
std::int64_t whole_number(Arguments& arguments, std::size_t index, std::int64_t least, std::int64_t most);

/// The elements of a list, set or tuple, or the problem of argument `index`.
std::span<const Value> sequence(Arguments& arguments, std::size_t index);

}  // namespace hcl
