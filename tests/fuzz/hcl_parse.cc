// Any bytes parse into a tree and messages that can be drawn; nothing is reported twice without end.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/hcl/parser.h"
#include "core/hcl/static.h"

namespace {

void check(const hcl::Body& body, const hcl::File& file) {
  for (const auto& attribute : body.attributes) {
    if (attribute.range.end > file.size() || attribute.range.begin > attribute.range.end) std::abort();
    hcl::variables_of(*attribute.expression);
  }
  for (const auto& block : body.blocks) {
    if (block.range().end > file.size()) std::abort();
    check(block.body, file);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  auto file = hcl::File::make("fuzz", text);
  hcl::Diagnostics diagnostics;
  auto document = hcl::parse(file, diagnostics);
  check(document.body(), *file);
  hcl::render(diagnostics, hcl::Colour::always);
  hcl::to_json(diagnostics);
  hcl::Diagnostics more;
  hcl::parse_expression(file, more);
  hcl::parse_template(file, more);
  return 0;
}
