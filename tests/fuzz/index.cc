// An index from a hostile registry: a base::Error or a value that is written and read back the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/error.h"
#include "core/oci/manifest.h"
#include "core/oci/media_type.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  try {
    auto index = oci::parse_index(oci::Document::make(std::string(oci::media_type::index), bytes));
    oci::find_platform(index, name::Platform::parse("linux/amd64"));
    auto written = oci::write(index);
    if (oci::write(oci::parse_index(written)).bytes != written.bytes) std::abort();
  } catch (const base::Error&) {
  }
  return 0;
}
