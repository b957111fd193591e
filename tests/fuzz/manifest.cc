// A manifest from a hostile registry: a base::Error or a value that is written and read back the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/error.h"
#include "core/oci/manifest.h"
#include "core/oci/media_type.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  try {
    auto manifest = oci::parse_manifest(oci::Document::make(std::string(oci::media_type::manifest), bytes));
    auto written = oci::write(manifest);
    if (oci::write(oci::parse_manifest(written)).bytes != written.bytes) std::abort();
  } catch (const base::Error&) {
  }
  return 0;
}
