#pragma once

#include <string>
#include <string_view>

namespace deb {

/// A hash as archives state it: the algorithm is what the line says, never assumed.
struct Hash {
  std::string algorithm;  ///< "md5", "sha1", "sha256", "sha512"
  std::string hex;        ///< lower case, of the algorithm's length

  /// "sha256:9f2c…"
  std::string text() const { return algorithm + ":" + hex; }
  auto operator<=>(const Hash&) const = default;
};

/// "SHA256:9F2C…", "MD5Sum:…", "sha1:…" in any case. Throws invalid: no colon, unknown algorithm, wrong length, not
/// hex.
Hash parse_hash(std::string_view text);
/// Whether `hex` is a hash of that algorithm in lower case hex.
bool valid_hash(std::string_view algorithm, std::string_view hex);

}  // namespace deb
