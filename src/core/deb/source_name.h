#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "core/deb/deb822.h"

namespace deb {

/// A source package of one exact version.
struct SourceName {
  std::string name;
  std::string version;
  auto operator<=>(const SourceName&) const = default;
};

/// The source that a binary stanza was built from: "Source:" is absent (same name and version as the binary), "name"
/// (same version), or "name (version)". Throws invalid when the field has any other form.
SourceName source_of(const Stanza& stanza, std::string_view package, std::string_view version);

/// The name part of "Source:", "" when the field is absent.
std::string source_field(const Stanza& stanza);

/// "Built-Using: a (= 1), b (= 2)" or "Static-Built-Using:" to a sorted list without repetitions (Debian Policy 7.8).
/// Throws invalid for any relation but "=".
std::vector<SourceName> parse_built_using(std::string_view value);

}  // namespace deb
