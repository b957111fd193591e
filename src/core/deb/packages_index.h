#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/deb/dependencies.h"
#include "core/deb/hash.h"
#include "core/deb/source_name.h"

namespace deb {

/// One stanza of a Packages index, or of `apt-cache show`.
struct BinaryPackage {
  std::string name;
  std::string version;
  std::string architecture;
  std::string source_field;  ///< name part of "Source:", "" when absent
  SourceName source;         ///< always filled
  std::string filename;      ///< relative to the repository's URI; "" in a stanza that came from dpkg's status
  std::uint64_t size = 0;
  Hash hash;  ///< SHA256 where there is one, else the best there is; empty algorithm in dpkg's stanzas
  std::vector<SourceName> built_using;  ///< Built-Using and Static-Built-Using together
  Dependencies depends;                 ///< Pre-Depends and Depends together
  std::vector<std::string> provides;    ///< names only
  std::string section;
  std::string homepage;
};

/// Reads one binary stanza. Throws invalid naming package and line.
BinaryPackage binary_package(const Stanza& stanza);

/// All stanzas of `apt-cache show` output or of a Packages text, in order. For large indexes use StanzaReader and
/// binary_package. Throws invalid.
std::vector<BinaryPackage> parse_packages(std::string_view text);

}  // namespace deb
