#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace deb {

/// A debian/copyright file in its machine-readable form (copyright-format 1.0, "DEP-5").
struct Copyright {
  std::vector<std::string> licenses;         ///< synopses of the Files paragraphs, each once: "GPL-2+ or Artistic"
  std::map<std::string, std::string> texts;  ///< by short name; "" where a paragraph names a licence only
};

/// Whether the first paragraph has a Format field of version 1.0 of the format.
bool machine_readable(std::string_view text);

/// Throws invalid for text that is not machine-readable or breaks deb822.
Copyright parse_copyright(std::string_view text);

}  // namespace deb
