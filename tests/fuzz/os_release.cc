#include <cstddef>
#include <cstdint>

#include "core/base/text.h"
#include "core/deb/os_release.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto os = deb::parse_os_release({reinterpret_cast<const char*>(data), size});
  for (const auto& value : {os.id, os.version_id, os.version_codename, os.pretty_name})
    if (value.size() > 256 || !base::valid_utf8(value)) __builtin_trap();
  return 0;
}
