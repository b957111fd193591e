#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace deb {

/// A public key as its file states it. Nothing is verified here: that is apt's work.
struct PublicKey {
  std::string fingerprint;                       ///< upper-case hex
  std::vector<std::string> subkeys;              ///< fingerprints likewise
  std::vector<std::string> user_ids;             ///< as written; bytes that are no UTF-8 included
  bool has(std::string_view fingerprint) const;  ///< of the key or one of its subkeys
  bool operator==(const PublicKey&) const = default;
};

/// The keys in a key file, armoured or binary (RFC 9580, sections 5.5 and 6.2), versions 4 and 6; others are passed
/// over. Throws invalid: packets that run past the end, base64 that is none, no key at all.
std::vector<PublicKey> parse_keys(std::string_view file);

/// Who says to have signed a clear-signed file such as InRelease: fingerprints, or key ids (16 digits) where a
/// signature states no more; in order, without repetitions. Throws invalid for a broken signature block.
std::vector<std::string> signature_issuers(std::string_view file);

}  // namespace deb
