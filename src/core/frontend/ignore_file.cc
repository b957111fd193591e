#include "core/frontend/ignore_file.h"

#include "core/base/clean_path.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/llb/marshal.h"
#include "core/llb/source.h"

namespace frontend {
namespace {

using base::Error;
using base::Kind;

constexpr std::size_t max_bytes = 1 << 20, max_patterns = 10'000;

}  // namespace

std::string normal_pattern(std::string_view pattern) {
  pattern = base::trim(pattern);
  bool exception = pattern.starts_with('!');
  if (exception) pattern = base::trim(pattern.substr(1));
  std::string clean = pattern.empty() ? "" : base::clean_path(pattern);
  if (clean.size() > 1 && clean[0] == '/') clean.erase(0, 1);
  return exception ? "!" + clean : clean;
}

std::vector<std::string> parse_ignore_file(std::string_view text, std::string_view what) {
  if (text.size() > max_bytes)
    throw Error(Kind::invalid,
                std::string(what) + " has " + base::human_bytes(text.size()) + ", at most 1 MiB is read");
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());

  std::vector<std::string> out;
  std::size_t number = 0;
  for (std::string_view line : base::split(text, '\n')) {
    number++;
    auto problem = [&](std::string_view says) {
      return Error(Kind::invalid, std::string(what) + ", line " + std::to_string(number) + " " + std::string(says));
    };
    if (line.starts_with('#')) continue;
    if (line.find('\0') != std::string_view::npos) throw problem("has a NUL byte");
    std::string pattern = normal_pattern(line);
    if (pattern.empty()) continue;
    if (pattern == "!") throw problem("is a lone '!'").fix("write the path to keep after it");
    if (out.size() == max_patterns) throw problem("is one pattern more than the 10000 that are read");
    out.push_back(std::move(pattern));
  }
  return out;
}

std::string literal_pattern(std::string_view path) {
  std::string out;
  for (char c : path) {
    if (std::string_view("*?[]\\!").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

IgnoreFile read_ignore_file(Gateway& gateway, const std::string& local_name) {
  constexpr std::uint64_t max_read_bytes = 2u << 20;
  llb::LocalOptions options;
  options.session = gateway.session_id();
  options.include = {".estaleiroignore", ".dockerignore"};
  options.shared_key_hint = local_name + "-ignore";
  options.differ = llb::LocalOptions::Differ::none;
  llb::Output tree = llb::local(local_name, options, {.name = "[internal] load the ignore file of " + local_name});
  Ref ref = gateway.solve({.definition = llb::marshal(tree)}).ref;
  for (const char* file : {".estaleiroignore", ".dockerignore"})
    if (auto text = gateway.read_file(ref, file, max_read_bytes))
      return {parse_ignore_file(*text, file), file == std::string_view(".dockerignore")};
  return {};
}

}  // namespace frontend
