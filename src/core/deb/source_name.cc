#include "core/deb/source_name.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/deb/scan.h"

namespace deb {
namespace {

/// "name" or "name (version)"; `version` keeps its value when there is none. False for any other form.
bool split_source(std::string_view text, std::string& name, std::string& version) {
  text = base::trim(text);
  if (auto open = text.find('('); open != std::string_view::npos) {
    if (!text.ends_with(')')) return false;
    version = base::trim(text.substr(open + 1, text.size() - open - 2));
    if (!plain_word(version)) return false;
    text = base::trim(text.substr(0, open));
  }
  name = text;
  return plain_word(name);
}

}  // namespace

SourceName source_of(const Stanza& stanza, std::string_view package, std::string_view version) {
  SourceName source{std::string(package), std::string(version)};
  const std::string* field = stanza.find("Source");
  if (field && !field->empty() && !split_source(*field, source.name, source.version))
    throw base::Error(base::Kind::invalid, "package " + base::quoted(package) + ": Source field " +
                                               base::quoted(*field, 80) + " is not 'name' or 'name (version)'");
  return source;
}

std::string source_field(const Stanza& stanza) {
  const std::string* field = stanza.find("Source");
  return field && !field->empty() ? source_of(stanza, "", "").name : "";
}

std::vector<SourceName> parse_built_using(std::string_view value) {
  std::vector<SourceName> out;
  for (std::string_view piece : base::split(value, ',')) {
    piece = base::trim(piece);
    if (piece.empty()) continue;
    SourceName source;
    auto open = piece.find('(');
    std::string_view version = open == std::string_view::npos ? "" : base::trim(piece.substr(open + 1));
    bool exact = version.starts_with('=') && version.ends_with(')');
    if (exact) {
      source.name = base::trim(piece.substr(0, open));
      source.version = base::trim(version.substr(1, version.size() - 2));
    }
    if (!exact || !plain_word(source.name) || !plain_word(source.version))
      throw base::Error(base::Kind::invalid, "Built-Using has " + base::quoted(piece, 80) + ", not 'name (= version)'");
    out.push_back(std::move(source));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace deb
