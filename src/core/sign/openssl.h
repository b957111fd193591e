#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <string_view>

#include "core/base/error.h"
#include "core/sign/key.h"

namespace sign {

/// OpenSSL's objects, owned; for the two kinds of key.
template <auto Free>
struct Deleter {
  template <class Type>
  void operator()(Type* pointer) const {
    Free(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

struct PublicKey::State {
  Key key;
};

inline constexpr std::size_t max_pem_bytes = 64 * 1024;

inline Bio memory(std::string_view text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }
inline const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// Ed25519 has its own hash.
inline const EVP_MD* hash_for(EVP_PKEY* key) {
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
}

/// Throws unsupported for a kind of key, or a size, that nobody should use.
void check_kind(const Key& key, const char* what);
base::Error no_key(const char* what);

}  // namespace sign
