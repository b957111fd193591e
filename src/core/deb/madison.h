#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/deb/source_list.h"

namespace deb {

/// One line of `apt-cache madison`: an archive that has a version of a package.
struct Offer {
  std::string name;
  std::string version;
  std::string uri;    ///< the archive's, without a '/' at its end
  std::string suite;  ///< with the component: "bookworm/main"; of a flat archive its directory
  bool operator==(const Offer&) const = default;

  /// Whether the line speaks of this archive.
  bool is_from(const Repository& repository) const;
};

/// The binary packages' lines. Throws invalid, with line and text, when one cannot be read.
std::vector<Offer> parse_madison(std::string_view text);

}  // namespace deb
