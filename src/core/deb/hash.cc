#include "core/deb/hash.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"

namespace deb {
namespace {

/// Hex digits of a hash, 0 for an algorithm that archives do not use.
std::size_t hex_length(std::string_view algorithm) {
  if (algorithm == "md5") return 32;
  if (algorithm == "sha1") return 40;
  if (algorithm == "sha256") return 64;
  if (algorithm == "sha512") return 128;
  return 0;
}

}  // namespace

bool valid_hash(std::string_view algorithm, std::string_view hex) {
  return !hex.empty() && hex.size() == hex_length(algorithm) &&
         std::all_of(hex.begin(), hex.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Hash parse_hash(std::string_view text) {
  auto colon = text.find(':');
  std::string algorithm = base::lower(text.substr(0, colon));
  if (algorithm == "md5sum") algorithm = "md5";
  if (colon == std::string_view::npos || hex_length(algorithm) == 0)
    throw base::Error(base::Kind::invalid,
                      "hash " + base::quoted(text, 160) + " does not begin with MD5Sum:, SHA1:, SHA256: or SHA512:");
  Hash hash{algorithm, base::lower(text.substr(colon + 1))};
  if (!valid_hash(hash.algorithm, hash.hex))
    throw base::Error(base::Kind::invalid, "hash " + base::quoted(text, 160) + " does not have the " +
                                               std::to_string(hex_length(algorithm)) + " hex digits of " + algorithm);
  return hash;
}

}  // namespace deb
