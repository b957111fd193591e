#include "core/base/text.h"
#include "core/sign/encrypted_key.h"
#include "core/sign/openssl.h"

namespace sign {

PrivateKey PrivateKey::parse(std::string_view pem, std::string_view password) {
  if (pem.size() > max_pem_bytes) throw no_key("private key");
  auto bio = memory(pem);
  char *name = nullptr, *header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  if (PEM_read_bio(bio.get(), &name, &header, &data, &size) != 1) throw no_key("private key");
  const std::string kind(name), body(reinterpret_cast<char*>(data), static_cast<std::size_t>(size));
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_clear_free(data, static_cast<std::size_t>(size));
  std::string der;
  if (kind == "ENCRYPTED SIGSTORE PRIVATE KEY" || kind == "ENCRYPTED COSIGN PRIVATE KEY")
    der = decrypt_key(body, password);
  else if (kind == "PRIVATE KEY" || kind == "EC PRIVATE KEY" || kind == "RSA PRIVATE KEY")
    der = body;
  else
    throw base::Error(base::Kind::unsupported, "the private key is " + base::quoted(kind, 60) +
                                                   ", 'ENCRYPTED SIGSTORE PRIVATE KEY' or 'PRIVATE KEY' is wanted");
  const unsigned char* at = bytes(der);
  Key key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
  OPENSSL_cleanse(der.data(), der.size());
  if (!key) throw no_key("private key");
  check_kind(key, "private key");
  return PrivateKey(std::make_shared<const PublicKey::State>(PublicKey::State{std::move(key)}));
}

std::string PrivateKey::sign(std::string_view data) const {
  Context context(EVP_MD_CTX_new());
  auto* key = state_->key.get();
  std::size_t size = 0;
  std::string out;
  if (EVP_DigestSignInit(context.get(), nullptr, hash_for(key), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes(data), data.size()) != 1)
    throw base::Error(base::Kind::failed, "nothing can be signed: OpenSSL refuses the key");
  out.resize(size);
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes(data), data.size()) != 1)
    throw base::Error(base::Kind::failed, "nothing can be signed: OpenSSL fails");
  out.resize(size);
  return out;
}

}  // namespace sign
