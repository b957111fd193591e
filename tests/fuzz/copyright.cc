#include <cstddef>
#include <cstdint>

#include "core/base/error.h"
#include "core/bom/license.h"
#include "core/bom/license_expression.h"

/// Whatever a copyright file holds, what comes out is an SPDX expression that reads back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bom::LicenseCollector collector;
  std::string expression = collector.declared("package", {reinterpret_cast<const char*>(data), size});
  if (!expression.empty()) bom::parse_expression(expression);
  for (const auto& license : collector.take())
    if (!license.id.starts_with("LicenseRef-")) __builtin_trap();
  return 0;
}
