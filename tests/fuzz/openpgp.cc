#include <cstddef>
#include <cstdint>

#include "core/base/error.h"
#include "core/deb/openpgp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    for (const auto& key : deb::parse_keys(text))
      if (key.fingerprint.size() != 40 && key.fingerprint.size() != 64) __builtin_trap();
  } catch (const base::Error&) {
  }
  try {
    deb::signature_issuers(text);
  } catch (const base::Error&) {
  }
  return 0;
}
