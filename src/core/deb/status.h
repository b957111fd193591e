#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/deb/source_name.h"

namespace deb {

/// The third word of dpkg's "Status:", without those that mean "not there".
enum class State { installed, unpacked, half_configured, half_installed, triggers_awaited, triggers_pending };

/// dpkg's own word: "installed", "half-installed", …
std::string_view to_string(State state);

struct Conffile {
  std::string path;  ///< absolute
  std::string md5;   ///< 32 hex digits; "" for dpkg's "newconffile"
  bool obsolete = false;
  bool operator==(const Conffile&) const = default;
};

struct InstalledPackage {
  std::string name;
  std::string version;       ///< verbatim; "" only when half_installed
  std::string architecture;  ///< "all" included; "" only when half_installed
  std::string source_field;  ///< name part of "Source:", "" when absent
  SourceName source;         ///< always filled (version as far as known)
  State state = State::installed;
  bool multi_arch_same = false;  ///< its .list is info/NAME:ARCH.list
  std::vector<SourceName> built_using;
  std::vector<Conffile> conffiles;
};

/// A package that was removed and left its configuration files ("config-files").
struct RemovedPackage {
  std::string name;
  std::string version;
  std::string architecture;
  std::vector<Conffile> conffiles;
};

struct PackageDatabase {
  std::vector<InstalledPackage> installed;  ///< sorted by (name, architecture)
  std::vector<RemovedPackage> leftovers;    ///< sorted likewise

  /// The installed package of this name, of `architecture` when it is not ""; nullptr if there is none. When several
  /// architectures have it and none is asked for, the first by name.
  const InstalledPackage* find(std::string_view name, std::string_view architecture = {}) const;
};

/// More packages than this are refused: the whole of Debian has some 65,000.
inline constexpr std::size_t max_packages = 200'000;

/// The text of /var/lib/dpkg/status. Only the third word of "Status:" decides. Throws invalid with the line: broken
/// deb822, no Package, unknown state, an impossible version or name, one (name, architecture) twice.
PackageDatabase parse_status(std::string_view text);

/// Distroless: the text of each file of /var/lib/dpkg/status.d that is not *.md5sums; each holds one stanza without
/// "Status:". The "Package:" field is believed, not the file's name. Throws as parse_status.
PackageDatabase parse_status_d(const std::vector<std::string>& texts);

}  // namespace deb
