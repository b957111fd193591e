#include <re2/re2.h>

#include <algorithm>
#include <memory>

#include "core/base/text.h"
#include "core/hcl/standard_functions.h"
#include "core/hcl/unicode.h"

namespace hcl {
namespace {

using Groups = std::vector<re2::StringPiece>;

std::unique_ptr<re2::RE2> compile(Arguments& arguments, std::size_t index, const std::string& pattern) {
  arguments.budget().step(1000 + pattern.size() * 10);
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto out = std::make_unique<re2::RE2>(pattern, options);
  if (!out->ok()) {
    throw arguments.problem(index, "this is not a regular expression: " + base::printable(out->error()));
  }
  return out;
}

/// Calls `found` with the groups of each match that does not overlap the one before; an empty match right behind
/// another does not count (Go's regexp, "All" methods). `found` returns false to stop.
template <class Found>
void each_match(Arguments& arguments, const re2::RE2& pattern, const std::string& text, Found found) {
  Groups groups(static_cast<std::size_t>(pattern.NumberOfCapturingGroups()) + 1);
  std::size_t at = 0, previous_end = std::string::npos;
  while (at <= text.size()) {
    arguments.budget().step(1 + (text.size() - at) / 64);
    if (!pattern.Match(text, at, text.size(), re2::RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size()))) {
      return;
    }
    auto begin = static_cast<std::size_t>(groups[0].data() - text.data()), end = begin + groups[0].size();
    bool repeats = end == begin && begin == previous_end;
    if (!repeats && !found(groups)) return;
    previous_end = end;
    at = end > at ? end : at + std::max<std::size_t>(decode(std::string_view(text).substr(at)).length, 1);
  }
}

Value group_value(const re2::StringPiece& group) {
  return group.data() ? Value::string(std::string(group.data(), group.size())) : Value::null(Type::string());
}

/// Without groups the match, with unnamed ones a list, with named ones an object.
Value match_value(Arguments& arguments, const re2::RE2& pattern, const Groups& groups) {
  for (const auto& group : groups) arguments.budget().string(group.size());
  if (groups.size() == 1) return group_value(groups[0]);
  const auto& names = pattern.CapturingGroupNames();
  if (names.empty()) {
    std::vector<Value> out;
    for (std::size_t i = 1; i < groups.size(); i++) out.push_back(group_value(groups[i]));
    return Value::tuple(std::move(out));
  }
  if (names.size() + 1 != groups.size()) {
    throw arguments.problem(0, "either all groups of a regular expression have names or none");
  }
  std::vector<Member> out;
  for (const auto& [index, name] : names) out.push_back({name, group_value(groups[static_cast<std::size_t>(index)])});
  return Value::object(std::move(out));
}

Value regex(Arguments& arguments) {
  auto pattern = compile(arguments, 0, arguments[0].as_string());
  std::optional<Value> out;
  each_match(arguments, *pattern, arguments[1].as_string(), [&](const Groups& groups) {
    out = match_value(arguments, *pattern, groups);
    return false;
  });
  if (!out) throw arguments.problem(1, "no part of the text matches the regular expression");
  return *out;
}

Value regexall(Arguments& arguments) {
  auto pattern = compile(arguments, 0, arguments[0].as_string());
  std::vector<Value> out;
  each_match(arguments, *pattern, arguments[1].as_string(), [&](const Groups& groups) {
    arguments.budget().collection(groups.size());
    out.push_back(match_value(arguments, *pattern, groups));
    return true;
  });
  Type type = out.empty() ? Type::string() : out[0].type();
  // A group that took part in one match only is null of its type, so all matches have the same type.
  return list_of(type, std::move(out), arguments.budget());
}

/// `replacement` with $1, ${1} and ${name} replaced; a group that does not exist is empty, $$ a dollar (Go's Expand).
void expand(std::string& out, std::string_view replacement, const re2::RE2& pattern, const Groups& groups) {
  auto is_word = [](char c) {
    return c == '_' || (static_cast<unsigned char>(c) < 0x80 && is_id_continue(static_cast<char32_t>(c)));
  };
  for (std::size_t at = 0; at < replacement.size();) {
    char c = replacement[at];
    if (c != '$' || at + 1 == replacement.size()) {
      out += c;
      at++;
      continue;
    }
    if (replacement[at + 1] == '$') {
      out += '$';
      at += 2;
      continue;
    }
    bool braced = replacement[at + 1] == '{';
    std::size_t begin = at + (braced ? 2 : 1), end = begin;
    while (end < replacement.size() && is_word(replacement[end])) end++;
    if (end == begin || (braced && (end == replacement.size() || replacement[end] != '}'))) {
      out += c;
      at++;
      continue;
    }
    std::string name(replacement.substr(begin, end - begin));
    std::size_t index = groups.size();
    if (name.find_first_not_of("0123456789") == std::string::npos) {
      if (name.size() < 6) index = std::stoul(name);
    } else if (auto named = pattern.NamedCapturingGroups().find(name); named != pattern.NamedCapturingGroups().end()) {
      index = static_cast<std::size_t>(named->second);
    }
    if (index < groups.size() && groups[index].data()) out.append(groups[index].data(), groups[index].size());
    at = end + (braced ? 1 : 0);
  }
}

Value replace(Arguments& arguments) {
  const std::string& text = arguments[0].as_string();
  const std::string& wanted = arguments[1].as_string();
  const std::string& replacement = arguments[2].as_string();
  Budget& budget = arguments.budget();
  std::string out;
  std::size_t copied = 0;
  auto copy_to = [&](std::size_t end) {
    out.append(text, copied, end - copied);
    copied = end;
  };
  std::uint64_t grown = 0;
  auto check = [&] {
    budget.string(out.size() - grown);
    grown = out.size();
    budget.fits_string(out.size());
  };
  if (wanted.size() > 1 && wanted.starts_with('/') && wanted.ends_with('/')) {
    auto pattern = compile(arguments, 1, wanted.substr(1, wanted.size() - 2));
    each_match(arguments, *pattern, text, [&](const Groups& groups) {
      auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
      copy_to(begin);
      expand(out, replacement, *pattern, groups);
      copied = begin + groups[0].size();
      check();
      return true;
    });
  } else if (wanted.empty()) {
    // As Go has it: in front of every code point and at the end.
    while (copied < text.size()) {
      out += replacement;
      copy_to(copied + std::max<std::size_t>(decode(std::string_view(text).substr(copied)).length, 1));
      check();
    }
    out += replacement;
  } else {
    for (std::size_t at; (at = text.find(wanted, copied)) != std::string::npos;) {
      copy_to(at);
      out += replacement;
      copied = at + wanted.size();
      check();
    }
  }
  copy_to(text.size());
  check();
  return Value::string(std::move(out));
}

}  // namespace

void add_pattern_functions(FunctionTable& table) {
  const Parameter pattern{"pattern", Type::string()}, text{"text", Type::string()};
  table.add({"regex",
             "the first match of a regular expression (RE2 syntax): a string, or its groups",
             {pattern, text},
             {},
             {},
             regex});
  table.add({"regexall",
             "the list of all matches of a regular expression, each as regex() gives it",
             {pattern, text},
             {},
             {},
             regexall});
  table.add({"replace",
             "a text with every occurrence of a part replaced; /…/ is a regular expression, $1 its group",
             {text, {"part", Type::string()}, {"replacement", Type::string()}},
             {},
             Type::string(),
             replace});
}

}  // namespace hcl
