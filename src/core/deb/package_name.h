#pragma once

#include <string>
#include <string_view>

namespace deb {

struct PackageName {
  std::string name;
  std::string architecture;  ///< "" unless written as name:arch
  bool operator==(const PackageName&) const = default;
};

/// At least two of [a-z0-9+.-], the first a letter or digit (Debian Policy 5.6.1), at most 256.
bool valid_package_name(std::string_view name);
/// [a-z0-9-]+, at most 64.
bool valid_architecture(std::string_view architecture);

/// A package as a recipe asks for it: "name" or "name:arch". Throws invalid for all that apt would take for something
/// else: "name-" (removal), "name+", "name^" (task), "name=version", "name/suite", patterns.
PackageName parse_package_name(std::string_view text);

}  // namespace deb
