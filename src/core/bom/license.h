#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/bom/bill.h"
#include "core/bom/license_expression.h"

namespace bom {

/// The id of SPDX's list for a short name that Debian's copyright files use, exceptions included ("GPL-2+" is
/// "GPL-2.0-or-later"); "" when the list has no licence that is surely meant.
std::string spdx_license(std::string_view name);

/// A licence synopsis (copyright-format 1.0, 7.2): "GPL-2+ or Artistic-1, and BSD-3-clause". Comma binds weakest, then
/// `or`, then `and`. `leaf` turns each short name, exception included, into a licence of an expression. What the
/// grammar does not have becomes one leaf.
Expression read_synopsis(std::string_view synopsis, const std::function<std::string(std::string_view)>& leaf);

/// Turns copyright files into declared licences, and gathers the texts of those that SPDX's list does not have.
class LicenseCollector {
 public:
  /// The declared expression of a package: of all its Files paragraphs together, or for free text a LicenseRef that has
  /// all of it; "" for an empty file. Never throws for what is in the file.
  std::string declared(const std::string& package, std::string_view copyright);
  /// All texts, sorted by id.
  std::vector<LicenseText> take();

 private:
  std::string reference(const std::string& name, const std::string& text);

  std::map<std::string, std::string> texts_;  // by id
};

}  // namespace bom
