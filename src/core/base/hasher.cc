#include "core/base/hasher.h"

#include <openssl/evp.h>

#include "core/base/error.h"

namespace base {

struct Hasher::State {
  std::string algorithm;
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Hasher::Hasher(const Digest& wanted) : state_(std::make_unique<State>()) {
  state_->algorithm = wanted.algorithm();
  const EVP_MD* method = state_->algorithm == "sha512" ? EVP_sha512() : EVP_sha256();
  if (!state_->context || EVP_DigestInit_ex(state_->context, method, nullptr) != 1)
    throw Error(Kind::failed, "cannot start a computation of " + state_->algorithm);
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(std::span<const std::byte> data) { EVP_DigestUpdate(state_->context, data.data(), data.size()); }

Digest Hasher::finish() {
  std::byte out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_DigestFinal_ex(state_->context, reinterpret_cast<unsigned char*>(out), &size) != 1)
    throw Error(Kind::failed, "cannot finish a computation of " + state_->algorithm);
  return Digest::parse(state_->algorithm + ":" + to_hex(std::span(out, size)));
}

}  // namespace base
