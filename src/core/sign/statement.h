#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/digest.h"
#include "core/sign/key.h"

namespace sign {

/// The two forms in which cosign says "this image is mine".

/// cosign 1 and 2: a JSON text whose bytes are signed, stored as a layer at the tag "sha256-<hex>.sig".
inline constexpr std::string_view payload_media_type = "application/vnd.dev.cosign.simplesigning.v1+json";
inline constexpr std::string_view signature_annotation = "dev.cosignproject.cosign/signature";
std::string payload(std::string_view repository, const base::Digest& image);
/// Whether `bytes` speak of `image`, and `signature` (base64) is the key's over them. The repository in it does not
/// count: images are copied.
bool verifies(const PublicKey& key, std::string_view bytes, std::string_view signature, const base::Digest& image);

/// cosign 3: a Sigstore bundle around a signed in-toto statement, stored as a referrer of the image.
inline constexpr std::string_view bundle_media_type = "application/vnd.dev.sigstore.bundle.v0.3+json";
inline constexpr std::string_view bundle_predicate = "https://sigstore.dev/cosign/sign/v1";
std::string bundle(const PrivateKey& key, const base::Digest& image);
bool verifies_bundle(const PublicKey& key, std::string_view bundle, const base::Digest& image);

}  // namespace sign
