#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bom {

/// A YAML document as a plain tree: no anchors, aliases or tags.
struct YamlNode {
  enum class Kind { null, scalar, list, mapping };
  Kind kind = Kind::null;
  unsigned line = 0;  ///< from 1
  std::string text;   ///< of a scalar
  /// Of a list its items, of a mapping key and value in turn; the keys are scalars, none twice.
  std::vector<YamlNode> items;
};

inline constexpr std::size_t max_yaml_depth = 32;

/// Reads one document. Throws invalid, naming `what` and the line: text that is no YAML or not UTF-8, more than
/// `max_nodes`, deeper than max_yaml_depth, several documents, anchors, aliases, tags, a key that is no scalar or
/// stands twice in its mapping.
YamlNode parse_yaml(std::string_view text, std::string_view what, std::size_t max_nodes);

}  // namespace bom
