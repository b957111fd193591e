#include "core/json/decode.h"

#include <algorithm>

#include "core/base/text.h"

namespace json {
namespace {

std::string type_name(const Value& value) {
  if (value.is_string()) return "a string";
  if (value.is_boolean()) return "a boolean";
  if (value.is_number()) return "a number";
  if (value.is_array()) return "a list";
  if (value.is_object()) return "an object";
  return "null";
}

std::string line_and_column(std::string_view text, std::size_t byte) {
  byte = std::min(byte == 0 ? 0 : byte - 1, text.size());
  auto before = text.substr(0, byte);
  auto line = 1 + std::count(before.begin(), before.end(), '\n');
  auto newline = before.rfind('\n');
  auto column = newline == std::string_view::npos ? byte + 1 : byte - newline;
  return std::to_string(line) + ":" + std::to_string(column);
}

/// Numbers that came as JSON numbers keep the spelling people expect: 3, 1.5.
std::string number_text(const Value& value) { return value.dump(); }

}  // namespace

Value parse(std::string_view text, std::string_view what) {
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  auto watch = [&](int depth, Value::parse_event_t event, Value& parsed) {
    if (depth > max_depth)
      throw base::Error(base::Kind::invalid,
                        std::string(what) + " is nested deeper than " + std::to_string(max_depth) + " levels");
    if (event == Value::parse_event_t::object_start) keys.emplace_back();
    if (event == Value::parse_event_t::object_end) keys.pop_back();
    if (event == Value::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
      throw base::Error(base::Kind::invalid,
                        std::string(what) + " has the key " + base::quoted(parsed.get<std::string>()) + " twice");
    return true;
  };
  try {
    return Value::parse(text, watch);
  } catch (const nlohmann::json::parse_error& error) {
    if (base::trim(text).empty()) throw base::Error(base::Kind::invalid, std::string(what) + " is empty, not JSON");
    throw base::Error(base::Kind::invalid,
                      std::string(what) + " is not JSON: error at line:column " + line_and_column(text, error.byte));
  } catch (const nlohmann::json::out_of_range&) {  // "1e999"
    throw base::Error(base::Kind::invalid, std::string(what) + " has a number that is too large");
  }
}

Object::Object(const Value& value, std::string path) : value_(&value), path_(std::move(path)) {
  if (!value.is_object() && !value.is_null())
    throw base::Error(base::Kind::invalid,
                      (path_.empty() ? "the value" : path_) + " is " + type_name(value) + ", an object is wanted");
}

std::string Object::at(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

base::Error Object::problem(std::string_view key, std::string_view text) const {
  return base::Error(base::Kind::invalid, at(key) + " " + std::string(text));
}

bool Object::has(std::string_view key) const {
  if (!value_->is_object()) return false;
  auto found = value_->find(key);
  return found != value_->end() && !found->is_null();
}

const Value* Object::find(std::string_view key) {
  known_.emplace(key);
  if (!has(key)) return nullptr;
  return &*value_->find(key);
}

const Value& Object::raw(std::string_view key) {
  static const Value absent;
  const Value* value = find(key);
  return value ? *value : absent;
}

std::optional<std::string> Object::string(std::string_view key) {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (!value->is_string()) throw problem(key, "is " + type_name(*value) + ", a string is wanted");
  return value->get<std::string>();
}

std::string Object::required_string(std::string_view key) {
  auto value = string(key);
  if (!value) throw problem(key, "is missing");
  if (value->empty()) throw problem(key, "is empty");
  return *value;
}

std::optional<std::string> Object::scalar(std::string_view key) {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  if (value->is_boolean()) return std::string(value->get<bool>() ? "true" : "false");
  if (value->is_number()) return number_text(*value);
  throw problem(key, "is " + type_name(*value) + ", a string is wanted");
}

std::optional<bool> Object::boolean(std::string_view key) {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (!value->is_boolean()) throw problem(key, "is " + type_name(*value) + ", true or false is wanted");
  return value->get<bool>();
}

std::optional<std::int64_t> Object::integer(std::string_view key) {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX) throw problem(key, "is too large");
  if (!value->is_number_integer()) throw problem(key, "is " + type_name(*value) + ", a whole number is wanted");
  return value->get<std::int64_t>();
}

std::vector<std::string> Object::strings(std::string_view key) {
  std::vector<std::string> out;
  const Value* value = find(key);
  if (!value) return out;
  if (!value->is_array()) throw problem(key, "is " + type_name(*value) + ", a list of strings is wanted");
  for (const auto& item : *value) {
    if (!item.is_string())
      throw problem(std::string(key) + "[" + std::to_string(out.size()) + "]",
                    "is " + type_name(item) + ", a string is wanted");
    out.push_back(item.get<std::string>());
  }
  return out;
}

std::map<std::string, std::string> Object::string_map(std::string_view key) {
  std::map<std::string, std::string> out;
  auto inner = object(key);
  if (!inner) return out;
  for (const auto& [name, value] : inner->value_->items())
    if (auto text = inner->scalar(name)) out[name] = *text;
  return out;
}

std::optional<Object> Object::object(std::string_view key) {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  return Object(*value, at(key));
}

std::vector<Object> Object::objects(std::string_view key) {
  std::vector<Object> out;
  const Value* value = find(key);
  if (!value) return out;
  if (!value->is_array()) throw problem(key, "is " + type_name(*value) + ", a list of objects is wanted");
  for (const auto& item : *value) out.emplace_back(item, at(key) + "[" + std::to_string(out.size()) + "]");
  return out;
}

void Object::finish() const {
  if (!value_->is_object()) return;
  for (const auto& [key, value] : value_->items()) {
    if (known_.contains(key)) continue;
    base::Error error(base::Kind::invalid,
                      "unknown field " + base::quoted(key) + (path_.empty() ? "" : " in " + path_));
    std::vector<std::string> names(known_.begin(), known_.end());
    std::string near = base::nearest(key, names);
    error.fix(near.empty() ? "known fields: " + base::join(names, ", ") : "did you mean '" + near + "'?");
    throw error;
  }
}

std::string write(const Ordered& value) { return value.dump(-1, ' ', false, Ordered::error_handler_t::replace); }

std::string write_pretty(const Ordered& value) {
  return value.dump(2, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

}  // namespace json
