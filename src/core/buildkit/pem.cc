#include "core/buildkit/pem.h"

#include <openssl/err.h>

#include "core/base/error.h"
#include "core/buildkit/openssl.h"

namespace buildkit {
namespace {

using base::Error;

Certificate first_certificate(const std::string& pem, std::string_view what) {
  constexpr std::size_t max_bytes = 1 << 20;
  if (pem.size() > max_bytes) throw Error(base::Kind::invalid, std::string(what) + " is larger than 1 MiB");
  Certificate out(PEM_read_bio_X509(reading(pem).get(), nullptr, nullptr, nullptr), X509_free);
  ERR_clear_error();
  if (!out)
    throw Error(base::Kind::invalid, std::string(what) + " is not a PEM certificate")
        .fix("give the text of the file, with its lines '-----BEGIN CERTIFICATE-----' and '-----END CERTIFICATE-----'");
  return out;
}

/// A key that asks for a passphrase must not ask the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

}  // namespace

void check_certificates(const std::string& pem, std::string_view what) { first_certificate(pem, what); }

void check_pair(const std::string& cert, const std::string& key) {
  Certificate certificate = first_certificate(cert, "the client certificate for BuildKit");
  Key secret(PEM_read_bio_PrivateKey(reading(key).get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
  bool fits = secret && X509_check_private_key(certificate.get(), secret.get()) == 1;
  ERR_clear_error();
  if (!secret)
    throw Error(base::Kind::invalid, "the client key for BuildKit is not a PEM private key without passphrase")
        .fix("give the text of the key file; take a passphrase off with 'openssl pkey'");
  if (!fits)
    throw Error(base::Kind::invalid, "the client key for BuildKit does not belong to the client certificate")
        .fix("give the key that the certificate was made for");
}

}  // namespace buildkit
