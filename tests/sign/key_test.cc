#include "core/sign/key.h"

#include <doctest/doctest.h>

#include "core/base/digest.h"
#include "core/base/fd.h"
#include "core/base/temporary_directory.h"
#include "core/base/text.h"
#include "tests/support/error_text.h"
#include "tests/support/process.h"

namespace {

using sign::PrivateKey;
using sign::PublicKey;

std::string data(const std::string& name) { return base::read_file(TEST_DATA "/keys/" + name, 100'000); }

TEST_CASE("cosign's key pairs are read, in both of its forms") {
  struct Row {
    const char *name, *password;
  };
  for (const Row& row : {Row{"sigstore", "correct horse"}, Row{"cosign", ""}}) {
    CAPTURE(row.name);
    auto key = PrivateKey::parse(data(std::string(row.name) + ".key"), row.password);
    auto public_key = PublicKey::parse(data(std::string(row.name) + ".pub"));
    CHECK(public_key.hint() == key.public_key().hint());
    auto signature = key.sign("text");
    CHECK(public_key.verifies("text", signature));
    CHECK_FALSE(public_key.verifies("texts", signature));
    CHECK_FALSE(public_key.verifies("text", signature.substr(1)));
    CHECK(support::error_text([&] { PrivateKey::parse(data(std::string(row.name) + ".key"), "wrong"); }) ==
          "the private key cannot be decrypted: its password is another one\n"
          "  fix: give the password that `cosign generate-key-pair` was told");
  }
}

TEST_CASE("openssl checks what is signed, and its signatures are believed") {
  base::TemporaryDirectory directory("keys");
  const auto at = [&](const char* name) { return (directory.path() / name).string(); };
  for (const char* name : {"p256.pem", "p384.pem", "rsa2048.pem"}) {
    CAPTURE(name);
    const std::string file = std::string(TEST_DATA "/keys/") + name;
    auto key = PrivateKey::parse(data(name), "");
    base::write_file(at("text"), "text");
    base::write_file(at("signature"), key.sign("text"));
    support::run({"openssl", "pkey", "-in", file, "-pubout", "-out", at("pub")});
    support::run({"openssl", "dgst", "-sha256", "-verify", at("pub"), "-signature", at("signature"), at("text")});
    support::run({"openssl", "dgst", "-sha256", "-sign", file, "-out", at("theirs"), at("text")});
    auto public_key = PublicKey::parse(base::read_file(at("pub"), 10'000));
    CHECK(public_key.verifies("text", base::read_file(at("theirs"), 10'000)));
  }
}

TEST_CASE("what is no key is refused") {
  const char* fix = "\n  fix: give the text of cosign.pub or cosign.key, from '-----BEGIN' to the last dash";
  for (std::string text : {std::string(), std::string("key"), data("sigstore.key"), std::string(70'000, '-')}) {
    CHECK(support::error_text([&] { PublicKey::parse(text); }) == std::string("the public key is no key in PEM") + fix);
  }
  for (std::string text : {std::string(), std::string("key"),
                           std::string("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")})
    CHECK(support::error_text([&] { PrivateKey::parse(text, ""); }) ==
          std::string("the private key is no key in PEM") + fix);
  CHECK(support::error_text([&] { PrivateKey::parse(data("sigstore.pub"), ""); }) ==
        "the private key is 'PUBLIC KEY', 'ENCRYPTED SIGSTORE PRIVATE KEY' or 'PRIVATE KEY' is wanted");
  CHECK(support::error_text([&] { PrivateKey::parse(data("rsa1024.pem"), ""); }) ==
        "the private key is neither ECDSA nor Ed25519 nor RSA of 2048 bits");
}

/// A key in cosign's form around any JSON.
std::string encrypted(const std::string& body) {
  return "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n" + base::to_base64(body) +
         "\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n";
}

TEST_CASE("an encrypted key that asks for too much, or says too little, is refused") {
  auto body = [](const char* kdf,
                 const char* cipher = R"({"name":"nacl/secretbox","nonce":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})",
                 const char* text = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") {
    return encrypted(std::string(R"({"kdf":)") + kdf + R"(,"cipher":)" + cipher + R"(,"ciphertext":")" + text +
                     R"("})");
  };
  const char* good = R"({"name":"scrypt","params":{"N":32768,"r":8,"p":1},"salt":"AAAA"})";
  struct Row {
    std::string pem, message;
  };
  for (const Row& row : std::vector<Row>{
           {encrypted("{}"), "key.kdf is missing"},
           {body(R"({"name":"argon2"})"), "key.kdf.name is 'argon2', 'scrypt' is wanted"},
           {body(R"({"name":"scrypt"})"), "key.kdf.params is missing"},
           {body(R"({"name":"scrypt","params":{"N":3,"r":8,"p":1},"salt":""})"), "key.kdf.params.N is no power of two"},
           {body(R"({"name":"scrypt","params":{"N":1073741824,"r":8,"p":1},"salt":""})"),
            "key.kdf.params.N asks for more memory or time than any key needs"},
           {body(R"({"name":"scrypt","params":{"N":1024,"r":8,"p":1000000},"salt":""})"),
            "key.kdf.params.N asks for more memory or time than any key needs"},
           {body(R"({"name":"scrypt","params":{"N":1024,"r":-8,"p":1},"salt":""})"), "key.kdf.params.r is -8"},
           {body(good, R"({"name":"aes"})"), "key.cipher.name is 'aes', 'nacl/secretbox' is wanted"},
           {body(good, R"({"name":"nacl/secretbox","nonce":"AAAA"})"), "key.cipher.nonce has 3 bytes, 24 are wanted"},
           {body(good, R"({"name":"nacl/secretbox","nonce":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})", "AAAA"),
            "key.ciphertext is too short"}}) {
    CAPTURE(row.message);
    CHECK(support::error_text([&] { PrivateKey::parse(row.pem, ""); }) == row.message);
  }
}

}  // namespace
