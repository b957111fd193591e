#include "core/deb/dependencies.h"

#include <algorithm>
#include <deque>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/deb/packages_index.h"
#include "core/deb/scan.h"

namespace deb {
namespace {

constexpr std::size_t max_alternatives = 10'000;

Dependency read_dependency(std::string_view text) {
  auto wrong = [&] {
    return base::Error(base::Kind::invalid, "dependency " + base::quoted(text, 80) + " cannot be read");
  };
  std::string_view rest = base::trim(text);
  auto name_end = std::min(rest.find_first_of(" \t([<\n"), rest.size());
  std::string_view name = rest.substr(0, name_end);
  rest = base::trim(rest.substr(name_end));
  Dependency dependency;
  auto colon = name.find(':');
  dependency.name = name.substr(0, colon);
  if (colon != std::string_view::npos) dependency.architecture = name.substr(colon + 1);
  if (!plain_word(dependency.name)) throw wrong();
  if (rest.starts_with('(')) {
    auto close = rest.find(')');
    if (close == std::string_view::npos) throw wrong();
    std::string_view inside = base::trim(rest.substr(1, close - 1));
    auto version_at = std::min(inside.find_first_not_of("<=>"), inside.size());
    dependency.relation = inside.substr(0, version_at);
    // '<' and '>' are what '<=' and '>=' were called before 1998 (Policy 7.1); some archives still say so.
    if (dependency.relation == "<" || dependency.relation == ">") dependency.relation += '=';
    dependency.version = base::trim(inside.substr(version_at));
    constexpr std::string_view relations[] = {"<<", "<=", "=", ">=", ">>"};
    bool known = std::find(std::begin(relations), std::end(relations), dependency.relation) != std::end(relations);
    if (!known || !plain_word(dependency.version)) throw wrong();
    rest = base::trim(rest.substr(close + 1));
  }
  if (!rest.empty() && rest[0] != '[' && rest[0] != '<') throw wrong();
  return dependency;
}

}  // namespace

Dependencies parse_dependencies(std::string_view value) {
  Dependencies out;
  std::size_t count = 0;
  for (std::string_view group : base::split(value, ',')) {
    if (base::trim(group).empty()) continue;
    auto& alternatives = out.emplace_back();
    for (std::string_view text : base::split(group, '|')) {
      if (++count > max_alternatives)
        throw base::Error(base::Kind::invalid,
                          "more than " + std::to_string(max_alternatives) + " dependencies in one field");
      alternatives.push_back(read_dependency(text));
    }
  }
  return out;
}

std::map<std::string, std::vector<std::string>> requested_by(const std::vector<BinaryPackage>& packages,
                                                             const std::vector<std::string>& requested) {
  // A name may be a package's own or one that it provides, and stand for several packages.
  std::map<std::string_view, std::vector<const BinaryPackage*>> by_name;
  for (const BinaryPackage& package : packages) {
    by_name[package.name].push_back(&package);
    for (const std::string& name : package.provides) by_name[name].push_back(&package);
  }

  std::map<std::string, std::vector<std::string>> chains;
  std::deque<const BinaryPackage*> queue;
  auto reach = [&](std::string_view name, const std::vector<std::string>& from) {
    auto found = by_name.find(name);
    if (found == by_name.end()) return;
    for (const BinaryPackage* package : found->second) {
      auto [at, fresh] = chains.try_emplace(package->name, from);
      if (!fresh) continue;
      at->second.push_back(package->name);
      queue.push_back(package);
    }
  };

  for (const std::string& name : requested) reach(name, {});
  for (; !queue.empty(); queue.pop_front()) {
    const BinaryPackage& package = *queue.front();
    std::vector<std::string_view> names;
    for (const auto& alternatives : package.depends)
      for (const Dependency& dependency : alternatives) names.push_back(dependency.name);
    std::sort(names.begin(), names.end());
    for (std::string_view name : names) reach(name, chains.at(package.name));
  }
  return chains;
}

}  // namespace deb
