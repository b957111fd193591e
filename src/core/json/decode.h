#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace json {

using Value = nlohmann::json;
/// Keeps the order in which keys were put in: for everything we write.
using Ordered = nlohmann::ordered_json;

/// Nesting deeper than this is refused, whatever the size.
inline constexpr int max_depth = 64;

/// One JSON value and nothing after it but white space. `what` names the input in errors ("request", "manifest").
/// Throws invalid with line and column; a key given twice in one object is an error too.
Value parse(std::string_view text, std::string_view what);

/// Looks at one object of untrusted JSON: every getter names the full path ("source.buildkit.address") in its errors,
/// and `finish` refuses the keys nobody asked for. Absent and null are the same. Borrows the value.
///
///     json::Object source(value, "source");
///     auto repository = source.required_string("repository");
///     auto insecure = source.boolean("insecure").value_or(false);
///     source.finish();
class Object {
 public:
  /// Throws invalid unless `value` is an object or null (null counts as empty).
  Object(const Value& value, std::string path);

  bool has(std::string_view key) const;
  const std::string& path() const { return path_; }

  std::optional<std::string> string(std::string_view key);
  std::string required_string(std::string_view key);  ///< present and not empty
  /// A string, or a number or boolean as YAML pipelines give them ("tag: 1.10" arrives as a number).
  std::optional<std::string> scalar(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key);
  std::vector<std::string> strings(std::string_view key);               ///< list of strings; empty when absent
  std::map<std::string, std::string> string_map(std::string_view key);  ///< values may be scalars
  std::optional<Object> object(std::string_view key);
  std::vector<Object> objects(std::string_view key);  ///< list of objects; empty when absent
  /// The raw value, marked as known; null when absent.
  const Value& raw(std::string_view key);

  /// Throws invalid naming the first key that no getter asked for, with the nearest known one.
  void finish() const;
  /// The error for a value at `key`: "source.tag: <problem>".
  base::Error problem(std::string_view key, std::string_view text) const;

 private:
  const Value* find(std::string_view key);
  std::string at(std::string_view key) const;

  const Value* value_;
  std::string path_;
  std::set<std::string, std::less<>> known_;
};

/// Compact, UTF-8; invalid bytes become U+FFFD instead of an exception.
std::string write(const Ordered& value);
/// Two-space indentation and a final newline: for files that people open.
std::string write_pretty(const Ordered& value);

}  // namespace json
