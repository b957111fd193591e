#pragma once

#include <cstdint>
#include <istream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/deb/archive_path.h"
#include "core/deb/deb822.h"
#include "core/deb/hash.h"
#include "core/deb/source_list.h"
#include "core/deb/source_name.h"

namespace deb {

struct SourceFile {
  std::string name;  ///< without directory
  std::uint64_t size = 0;
  Hash hash;  ///< sha256 where the stanza has it, else the best there is
  bool operator==(const SourceFile&) const = default;
};

/// One stanza of a Sources index, or of `apt-cache showsrc`.
struct SourcePackage {
  SourceName source;
  std::string directory;          ///< relative to the repository's URI
  std::vector<SourceFile> files;  ///< the .dsc first, then by name
  bool extra_source_only = false;
};

/// Throws invalid naming package and line: no Directory, no .dsc, a file name with '/', a file in Files without hash.
SourcePackage source_package(const Stanza& stanza);

/// All stanzas of `text`. Throws invalid.
std::vector<SourcePackage> parse_sources(std::string_view text);

/// The stanzas for `wanted` out of a Sources index of any size, in constant memory besides the result. Throws invalid.
std::map<SourceName, SourcePackage> find_sources(std::istream& index, const std::vector<SourceName>& wanted);

/// URI of one file of `package` in `repository`: URI / Directory / name, percent-encoded as apt prints it.
std::string source_file_uri(const Repository& repository, const SourcePackage& package, const SourceFile& file);

}  // namespace deb
