#include "core/sign/key.h"

#include <openssl/x509.h>

#include "core/base/digest.h"
#include "core/sign/openssl.h"

namespace sign {
namespace {

constexpr int min_rsa_bits = 2048;

/// Never asks a terminal for a password.
int no_password(char*, int, int, void*) { return -1; }

}  // namespace

void check_kind(const Key& key, const char* what) {
  const int kind = EVP_PKEY_get_base_id(key.get());
  if (kind == EVP_PKEY_EC || kind == EVP_PKEY_ED25519) return;
  if (kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(key.get()) >= min_rsa_bits) return;
  throw base::Error(base::Kind::unsupported, std::string("the ") + what + " is neither ECDSA nor Ed25519 nor RSA of " +
                                                 std::to_string(min_rsa_bits) + " bits");
}

base::Error no_key(const char* what) {
  return base::Error(base::Kind::invalid, std::string("the ") + what + " is no key in PEM")
      .fix("give the text of cosign.pub or cosign.key, from '-----BEGIN' to the last dash");
}

PublicKey::PublicKey(std::shared_ptr<const State> state) : state_(std::move(state)) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(state_->key.get(), &der);
  if (size <= 0) throw base::Error(base::Kind::failed, "the public key cannot be encoded");
  unsigned char hash[32];
  unsigned int hash_size = sizeof hash;
  const bool hashed = EVP_Digest(der, static_cast<std::size_t>(size), hash, &hash_size, EVP_sha256(), nullptr) == 1;
  OPENSSL_free(der);
  if (!hashed) throw base::Error(base::Kind::failed, "the public key cannot be hashed");
  hint_ = base::to_base64({reinterpret_cast<char*>(hash), hash_size});
}

PublicKey PublicKey::parse(std::string_view pem) {
  if (pem.size() > max_pem_bytes) throw no_key("public key");
  auto bio = memory(pem);
  Key key(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr));
  if (!key) throw no_key("public key");
  check_kind(key, "public key");
  return PublicKey(std::make_shared<const State>(State{std::move(key)}));
}

bool PublicKey::verifies(std::string_view data, std::string_view signature) const {
  Context context(EVP_MD_CTX_new());
  auto* key = state_->key.get();
  if (EVP_DigestVerifyInit(context.get(), nullptr, hash_for(key), nullptr, key) != 1)
    throw base::Error(base::Kind::failed, "the signature cannot be checked: OpenSSL refuses the key");
  return EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(data), data.size()) == 1;
}

}  // namespace sign
