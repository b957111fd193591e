#include <algorithm>
#include <filesystem>

#include "core/base/text.h"
#include "core/hcl/standard_functions.h"
#include "core/hcl/unicode.h"

namespace hcl {
namespace {

const std::string& text(const Arguments& arguments, std::size_t index) { return arguments[index].as_string(); }

std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    out.push_back(text.substr(0, character_length(text)));
    text.remove_prefix(out.back().size());
  }
  return out;
}

template <class Map>
std::string map_code_points(std::string_view text, Map map) {
  std::string out;
  for (; !text.empty();) {
    CodePoint c = decode(text);
    append_utf8(out, map(c.value));
    text.remove_prefix(std::max<std::size_t>(c.length, 1));
  }
  return out;
}

/// First letters of words in capitals. A word ends at white space and at ASCII punctuation but '_'.
std::string title(std::string_view text) {
  bool word_start = true;
  return map_code_points(text, [&](char32_t c) {
    char32_t out = word_start ? upper(c) : c;
    word_start = c < 0x80 ? !is_id_continue(c) : is_space(c);
    return out;
  });
}

template <class Predicate>
std::string_view trim_while(std::string_view text, Predicate drop) {
  while (!text.empty() && drop(decode(text).value)) text.remove_prefix(std::max<std::size_t>(decode(text).length, 1));
  std::size_t kept = 0;
  for (std::size_t at = 0; at < text.size();) {
    CodePoint c = decode(text.substr(at));
    at += std::max<std::size_t>(c.length, 1);
    if (!drop(c.value)) kept = at;
  }
  return text.substr(0, kept);
}

Value join_lists(Arguments& arguments) {
  const std::string& separator = text(arguments, 0);
  std::vector<const std::string*> pieces;
  std::uint64_t bytes = 0;
  for (std::size_t i = 1; i < arguments.size(); i++) {
    for (const Value& one : arguments[i].elements()) {
      if (one.is_null()) throw arguments.problem(i, "null cannot be joined");
      pieces.push_back(&one.as_string());
      bytes += pieces.back()->size() + separator.size();
    }
  }
  if (arguments.size() < 2) throw base::Error(base::Kind::invalid, "at least one list is required");
  arguments.budget().string(bytes);
  std::string out;
  out.reserve(bytes);
  for (std::size_t i = 0; i < pieces.size(); i++) {
    if (i > 0) out += separator;
    out += *pieces[i];
  }
  return Value::string(std::move(out));
}

Value split(Arguments& arguments) {
  std::string_view separator = text(arguments, 0), rest = text(arguments, 1);
  std::vector<std::string> out;
  arguments.budget().string(rest.size());
  if (separator.empty()) {
    arguments.budget().collection(rest.size());
    for (; !rest.empty(); rest.remove_prefix(std::max<std::size_t>(decode(rest).length, 1))) {
      out.emplace_back(rest.substr(0, std::max<std::size_t>(decode(rest).length, 1)));
    }
    return list_of_strings(std::move(out), arguments.budget());
  }
  for (;;) {
    auto at = rest.find(separator);
    out.emplace_back(rest.substr(0, at));
    if (at == std::string_view::npos) break;
    rest.remove_prefix(at + separator.size());
    if (out.size() % 4096 == 0) arguments.budget().collection(4096);
  }
  return list_of_strings(std::move(out), arguments.budget());
}

Value indent(Arguments& arguments) {
  auto count = static_cast<std::size_t>(whole_number(arguments, 0, 0, 10000));
  const std::string& given = text(arguments, 1);
  auto lines = static_cast<std::size_t>(std::count(given.begin(), given.end(), '\n'));
  arguments.budget().string(given.size() + lines * count);
  std::string out;
  for (char c : given) {
    out += c;
    if (c == '\n') out.append(count, ' ');
  }
  return Value::string(std::move(out));
}

/// Counts characters as a person does; a negative offset counts from the end, a length of -1 is all the rest.
Value substr(Arguments& arguments) {
  constexpr std::int64_t far = std::int64_t{1} << 40;
  std::int64_t offset = whole_number(arguments, 1, -far, far), length = whole_number(arguments, 2, -1, far);
  auto all = characters(text(arguments, 0));
  auto count = static_cast<std::int64_t>(all.size());
  if (offset < 0) offset = std::max<std::int64_t>(0, offset + count);
  offset = std::min(offset, count);
  length = length < 0 ? count - offset : std::min(length, count - offset);
  std::string out;
  for (std::int64_t i = offset; i < offset + length; i++) out += all[static_cast<std::size_t>(i)];
  return Value::string(std::move(out));
}

/// The last part of a path, as Go's filepath.Base.
std::string base_name(std::string_view path) {
  if (path.empty()) return ".";
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path == "/") return "/";
  return std::string(path.substr(path.rfind('/') + 1));
}

/// All but the last part of a path, cleaned, as Go's filepath.Dir.
std::string directory_name(std::string_view path) {
  std::string directory(path.substr(0, path.rfind('/') + 1));
  if (path.find('/') == std::string_view::npos) return ".";
  std::string clean = std::filesystem::path(directory).lexically_normal().string();
  while (clean.size() > 1 && clean.ends_with('/')) clean.pop_back();
  while (clean.starts_with("//")) clean.erase(0, 1);
  return clean;
}

/// A function of one string whose result is no longer than `growth` times the string.
Function mapping(std::string name, std::string summary, std::string (*body)(std::string_view),
                 std::uint64_t growth = 2) {
  return {std::move(name),
          std::move(summary),
          {{"text", Type::string()}},
          {},
          Type::string(),
          [body, growth](Arguments& arguments) {
            arguments.budget().string(text(arguments, 0).size() * growth);
            return Value::string(body(text(arguments, 0)));
          }};
}

}  // namespace

void add_string_functions(FunctionTable& table) {
  const Parameter string{"text", Type::string()};
  table.add(mapping("basename", "the last part of a path", base_name, 1));
  table.add(mapping("chomp", "a text without the line breaks at its end", [](std::string_view given) {
    return std::string(given.substr(0, given.find_last_not_of("\r\n") + 1));
  }));
  table.add(mapping("dirname", "a path without its last part", directory_name, 1));
  table.add({"endswith",
             "whether a text ends with another",
             {string, {"suffix", Type::string()}},
             {},
             Type::boolean(),
             [](Arguments& arguments) { return Value::boolean(text(arguments, 0).ends_with(text(arguments, 1))); }});
  table.add({"format",
             "a text with values put in for its verbs (%s, %d, %v, …)",
             {{"format", Type::string()}},
             Parameter{"values", {}, Nulls::allowed},
             Type::string(),
             [](Arguments& arguments) {
               return Value::string(format_values(text(arguments, 0), arguments.all().subspan(1), arguments.budget()));
             }});
  table.add({"indent",
             "a text with blanks put in front of every line but the first",
             {{"blanks", Type::number()}, string},
             {},
             Type::string(),
             indent});
  table.add({"join",
             "the strings of lists with a separator between them",
             {{"separator", Type::string()}},
             Parameter{"lists", strings()},
             Type::string(),
             join_lists});
  table.add(mapping("lower", "a text in small letters", [](std::string_view given) {
    return map_code_points(given, [](char32_t c) { return lower(c); });
  }));
  table.add({"split",
             "the pieces of a text between separators",
             {{"separator", Type::string()}, string},
             {},
             strings(),
             split});
  table.add({"startswith",
             "whether a text starts with another",
             {string, {"prefix", Type::string()}},
             {},
             Type::boolean(),
             [](Arguments& arguments) { return Value::boolean(text(arguments, 0).starts_with(text(arguments, 1))); }});
  table.add({"strcontains",
             "whether a text occurs in another",
             {string, {"part", Type::string()}},
             {},
             Type::boolean(),
             [](Arguments& arguments) {
               return Value::boolean(text(arguments, 0).find(text(arguments, 1)) != std::string::npos);
             }});
  table.add(mapping("strrev", "the characters of a text in reverse order", [](std::string_view given) {
    std::string out;
    auto all = characters(given);
    for (auto one = all.rbegin(); one != all.rend(); ++one) out += *one;
    return out;
  }));
  table.add({"substr",
             "part of a text by offset and length in characters; -1 is all the rest",
             {string, {"offset", Type::number()}, {"length", Type::number()}},
             {},
             Type::string(),
             substr});
  table.add(mapping("title", "a text with the first letter of each word in capitals", title));
  table.add({"trim",
             "a text without the given characters at its ends",
             {string, {"characters", Type::string()}},
             {},
             Type::string(),
             [](Arguments& arguments) {
               std::vector<char32_t> drop;
               for (std::string_view rest = text(arguments, 1); !rest.empty();) {
                 CodePoint c = decode(rest);
                 drop.push_back(c.value);
                 rest.remove_prefix(std::max<std::size_t>(c.length, 1));
               }
               std::sort(drop.begin(), drop.end());
               return Value::string(std::string(trim_while(
                   text(arguments, 0), [&](char32_t c) { return std::binary_search(drop.begin(), drop.end(), c); })));
             }});
  table.add({"trimprefix",
             "a text without the given start",
             {string, {"prefix", Type::string()}},
             {},
             Type::string(),
             [](Arguments& arguments) {
               std::string_view given = text(arguments, 0);
               if (given.starts_with(text(arguments, 1))) given.remove_prefix(text(arguments, 1).size());
               return Value::string(std::string(given));
             }});
  table.add(mapping("trimspace", "a text without white space at its ends",
                    [](std::string_view given) { return std::string(trim_while(given, is_space)); }));
  table.add({"trimsuffix",
             "a text without the given end",
             {string, {"suffix", Type::string()}},
             {},
             Type::string(),
             [](Arguments& arguments) {
               std::string_view given = text(arguments, 0);
               if (given.ends_with(text(arguments, 1))) given.remove_suffix(text(arguments, 1).size());
               return Value::string(std::string(given));
             }});
  table.add(mapping("upper", "a text in capitals", [](std::string_view given) {
    return map_code_points(given, [](char32_t c) { return upper(c); });
  }));
}

}  // namespace hcl
