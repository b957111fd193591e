#include "core/base/hmac.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/base/error.h"

namespace base {

std::string hmac_sha256(std::string_view key, std::string_view data) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(data.data()),
            data.size(), reinterpret_cast<unsigned char*>(out.data()), &size))
    throw Error(Kind::failed, "cannot compute an HMAC");
  out.resize(size);
  return out;
}

}  // namespace base
