// An image config from a hostile registry: a base::Error or a value that is written and read back the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/base/error.h"
#include "core/oci/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    auto written = oci::write(oci::parse_config({reinterpret_cast<const char*>(data), size}));
    if (oci::write(oci::parse_config(written)) != written) std::abort();
  } catch (const base::Error&) {
  }
  return 0;
}
