#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/bom/bill.h"

namespace bom {

/// What a page shows besides its bill, as far as it is known.
struct PageDetails {
  struct Path {
    std::string path;
    std::string kind;             ///< as Coverage::Kind::name
    std::vector<std::string> by;  ///< packages, or where a declared file comes from
    std::uint64_t bytes = 0;
  };
  struct Layer {
    std::string name;
    std::uint64_t bytes = 0;  ///< as pushed
  };
  std::vector<Path> paths;  ///< sorted
  std::vector<Layer> layers;
};

/// The bill as one HTML page for people: packages with search and filters by origin and licence, sizes as pictures,
/// every path and who brought it, links to each source. It needs nothing from elsewhere, reads on a phone, light and
/// dark; without scripts everything but search, filters and the list of paths is there. Deterministic to the byte.
/// Text of the bill is escaped, and only http and https URIs become links.
std::string to_html(const Bill& bill, const PageDetails& details = {});

}  // namespace bom
