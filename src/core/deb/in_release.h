#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace deb {

struct IndexFile {
  std::string path;  ///< below dists/SUITE: "main/binary-amd64/Packages.xz"
  std::uint64_t size = 0;
  std::string sha256;  ///< 64 hex digits
};

/// What a Release file says of its repository. The signature is apt's to check, not ours.
struct InRelease {
  std::string origin;
  std::string label;
  std::string suite;
  std::string codename;
  std::string version;
  std::chrono::sys_seconds date;
  std::optional<std::chrono::sys_seconds> valid_until;
  bool acquire_by_hash = false;
  std::vector<std::string> components;
  std::vector<std::string> architectures;
  std::vector<IndexFile> files;  ///< of the SHA256 list, in its order

  /// nullptr when not listed.
  const IndexFile* find(std::string_view path) const;
};

/// The text of an InRelease (clear-signed: text outside the signed part is refused) or a plain Release. Throws invalid
/// with the line: broken armour, no Date, a malformed date, an entry of the SHA256 list that is not HASH SIZE PATH.
InRelease parse_in_release(std::string_view text);

/// "Sat, 11 May 2024 09:20:15 UTC" (also with "+0000" or "GMT"). nullopt if it is not that.
std::optional<std::chrono::sys_seconds> parse_release_date(std::string_view text);

/// "2024-05-11T09:20:15Z"
std::string to_rfc3339(std::chrono::sys_seconds time);

}  // namespace deb
