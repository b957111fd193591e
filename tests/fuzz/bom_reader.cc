#include <cstddef>
#include <cstdint>

#include "core/base/error.h"
#include "core/bom/verify.h"
#include "core/bom/yaml_reader.h"
#include "core/bom/yaml_writer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    auto bill = bom::read_yaml({reinterpret_cast<const char*>(data), size}, "x");
    bom::inconsistencies(bill);
    // What is written is read back the same, but for the protocol, which the writer decides.
    auto again = bom::read_yaml(bom::to_yaml(bill), "x");
    again.protocol = bill.protocol;
    if (again != bill) __builtin_trap();
  } catch (const base::Error&) {
  }
  return 0;
}
