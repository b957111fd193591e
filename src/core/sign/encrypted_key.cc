#include "core/sign/encrypted_key.h"

#include <openssl/evp.h>
#include <sodium.h>

#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/json/decode.h"

namespace sign {
namespace {

/// cosign itself takes N up to 65536, r 8, p 1: 64 MiB.
constexpr std::uint64_t max_scrypt_bytes = 256u << 20;
constexpr std::int64_t max_parallel = 4;

struct Parameters {
  std::uint64_t n = 0, r = 0, p = 0;
  std::string salt, nonce, ciphertext;
};

std::uint64_t positive(json::Object& object, const char* key) {
  auto value = object.integer(key).value_or(0);
  if (value < 1 || value > INT32_MAX) throw object.problem(key, "is " + std::to_string(value));
  return static_cast<std::uint64_t>(value);
}

void want(json::Object& object, const char* key, std::string_view wanted) {
  auto found = object.required_string(key);
  if (found != wanted)
    throw object.problem(key, "is " + base::quoted(found, 60) + ", " + base::quoted(wanted) + " is wanted");
}

Parameters decode(std::string_view body) {
  auto value = json::parse(body, "the encrypted key");
  json::Object top(value, "key");
  auto kdf = top.object("kdf"), cipher = top.object("cipher");
  if (!kdf || !cipher) throw top.problem(kdf ? "cipher" : "kdf", "is missing");
  want(*kdf, "name", "scrypt");
  want(*cipher, "name", "nacl/secretbox");
  auto numbers = kdf->object("params");
  if (!numbers) throw kdf->problem("params", "is missing");
  Parameters out{.n = positive(*numbers, "N"), .r = positive(*numbers, "r"), .p = positive(*numbers, "p")};
  if (out.n < 2 || (out.n & (out.n - 1)) != 0) throw numbers->problem("N", "is no power of two");
  if (out.r > max_scrypt_bytes / 128 / out.n || out.p > max_parallel)
    throw numbers->problem("N", "asks for more memory or time than any key needs");
  out.salt = base::from_base64(kdf->required_string("salt"));
  out.nonce = base::from_base64(cipher->required_string("nonce"));
  out.ciphertext = base::from_base64(top.required_string("ciphertext"));
  if (out.nonce.size() != crypto_secretbox_NONCEBYTES)
    throw cipher->problem("nonce", "has " + std::to_string(out.nonce.size()) + " bytes, 24 are wanted");
  if (out.ciphertext.size() < crypto_secretbox_MACBYTES) throw top.problem("ciphertext", "is too short");
  return out;
}

const unsigned char* bytes(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::string decrypt_key(std::string_view body, std::string_view password) {
  const auto parameters = decode(body);
  if (sodium_init() < 0) throw base::Error(base::Kind::failed, "the key cannot be decrypted: libsodium does not start");
  unsigned char key[crypto_secretbox_KEYBYTES];
  if (EVP_PBE_scrypt(password.data(), password.size(), bytes(parameters.salt), parameters.salt.size(), parameters.n,
                     parameters.r, parameters.p, 2 * max_scrypt_bytes, key, sizeof key) != 1)
    throw base::Error(base::Kind::failed, "the key cannot be decrypted: scrypt fails");
  std::string out(parameters.ciphertext.size() - crypto_secretbox_MACBYTES, '\0');
  bool right = crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(out.data()), bytes(parameters.ciphertext),
                                          parameters.ciphertext.size(), bytes(parameters.nonce), key) == 0;
  sodium_memzero(key, sizeof key);
  if (!right)
    throw base::Error(base::Kind::denied, "the private key cannot be decrypted: its password is another one")
        .fix("give the password that `cosign generate-key-pair` was told");
  return out;
}

}  // namespace sign
