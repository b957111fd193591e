#include "core/base/digest.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"

namespace base {

bool Digest::valid(std::string_view text) {
  auto colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  auto algorithm = text.substr(0, colon), hex = text.substr(colon + 1);
  std::size_t wanted = algorithm == "sha256" ? 64 : algorithm == "sha512" ? 128 : 0;
  return wanted != 0 && hex.size() == wanted &&
         std::all_of(hex.begin(), hex.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Digest Digest::parse(std::string_view text) {
  if (!valid(text))
    throw Error(Kind::invalid, quoted(text, 100) + " is not a digest")
        .fix("a digest is 'sha256:' and 64 lower-case hex digits");
  return Digest(std::string(text));
}

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

namespace {
// Fetching the algorithm by name once: EVP_sha256() would look it up in every init.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm ? algorithm : EVP_sha256();
}
}  // namespace

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (!state_->context || EVP_DigestInit_ex(state_->context, sha256_algorithm(), nullptr) != 1)
    throw Error(Kind::failed, "cannot start a SHA-256 computation");
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> data) { EVP_DigestUpdate(state_->context, data.data(), data.size()); }
void Sha256::update(std::string_view data) { EVP_DigestUpdate(state_->context, data.data(), data.size()); }

Digest Sha256::finish() {
  std::array<std::byte, 32> out;
  unsigned size = 0;
  if (EVP_DigestFinal_ex(state_->context, reinterpret_cast<unsigned char*>(out.data()), &size) != 1)
    throw Error(Kind::failed, "cannot finish a SHA-256 computation");
  return Digest("sha256:" + to_hex(out));
}

Digest sha256(std::string_view data) {
  Sha256 hash;
  hash.update(data);
  return hash.finish();
}

std::string hash_hex(std::string_view algorithm, std::string_view data) {
  const EVP_MD* method = algorithm == "md5"      ? EVP_md5()
                         : algorithm == "sha1"   ? EVP_sha1()
                         : algorithm == "sha256" ? EVP_sha256()
                         : algorithm == "sha512" ? EVP_sha512()
                                                 : nullptr;
  if (!method) throw Error(Kind::unsupported, "no hash is called " + quoted(algorithm, 40));
  std::array<std::byte, EVP_MAX_MD_SIZE> out;
  unsigned size = 0;
  if (EVP_Digest(data.data(), data.size(), reinterpret_cast<unsigned char*>(out.data()), &size, method, nullptr) != 1)
    throw Error(Kind::failed, "cannot compute " + std::string(algorithm));
  return to_hex(std::span(out.data(), size));
}

std::string to_hex(std::span<const std::byte> data) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(data.size() * 2);
  for (std::byte b : data) {
    out += digits[static_cast<unsigned>(b) >> 4];
    out += digits[static_cast<unsigned>(b) & 15];
  }
  return out;
}

std::string to_base64(std::string_view data) {
  std::string out((data.size() + 2) / 3 * 4, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(data.data()),
                  static_cast<int>(data.size()));
  return out;
}

std::string from_base64(std::string_view text) {
  auto bad = [] { return Error(Kind::invalid, "text is not base64"); };
  if (text.size() % 4 != 0) throw bad();
  std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  for (char c : text.substr(0, text.size() - padding))
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '+' && c != '/') throw bad();
  std::string out(text.size() / 4 * 3, '\0');
  int n = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                          reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (n < 0) throw bad();
  out.resize(static_cast<std::size_t>(n) - padding);
  return out;
}

std::string random_hex(std::size_t bytes) {
  std::string raw(bytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(bytes)) != 1)
    throw Error(Kind::failed, "the operating system gives no random bytes");
  return to_hex(std::as_bytes(std::span(raw)));
}

}  // namespace base
