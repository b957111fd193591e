#include "core/archive/entry_name.h"

#include "core/base/error.h"
#include "core/base/text.h"

namespace archive {
namespace {

constexpr std::string_view prefix = ".wh.", aufs_prefix = ".wh..wh.", opaque_marker = ".wh..wh..opq";
constexpr std::size_t max_name_bytes = 4095;

base::Error corrupt(const std::string& text) { return base::Error(base::Kind::corrupt, text); }

}  // namespace

EntryName parse_entry_name(std::string_view stored, std::string_view what) {
  std::string clean;
  clean.reserve(stored.size());
  std::size_t last = 0;
  while (!stored.empty()) {
    auto slash = stored.find('/');
    auto component = stored.substr(0, slash);
    stored.remove_prefix(slash == std::string_view::npos ? stored.size() : slash + 1);
    if (component.empty() || component == ".") continue;
    if (component == "..") throw corrupt(std::string(what) + " has a '..' component");
    if (!clean.empty()) clean += '/';
    last = clean.size();
    clean += component;
  }
  if (clean.size() > max_name_bytes)
    throw corrupt(std::string(what) + " has " + std::to_string(clean.size()) + " bytes, more than " +
                  std::to_string(max_name_bytes));
  EntryName out;
  out.name = clean.substr(last);
  clean.resize(last > 0 ? last - 1 : 0);
  out.parent = std::move(clean);
  return out;
}

Whiteout whiteout_of(const EntryName& name) {
  if (name.parent.find(prefix) != std::string::npos)
    for (auto component : base::split(name.parent, '/')) {
      if (component.starts_with(aufs_prefix)) return Whiteout::ignored;
      if (component.starts_with(prefix)) throw corrupt("name lies below the whiteout " + base::quoted(component));
    }
  if (!name.name.starts_with(prefix)) return Whiteout::none;
  if (name.name == opaque_marker) return Whiteout::opaque;
  auto hidden = hidden_name(name);
  if (hidden.empty() || hidden == "." || hidden == "..")
    throw corrupt("whiteout of " + base::quoted(hidden) + ", which is no name");
  return name.name.starts_with(aufs_prefix) ? Whiteout::ignored : Whiteout::file;
}

std::string_view hidden_name(const EntryName& name) { return std::string_view(name.name).substr(prefix.size()); }

}  // namespace archive
