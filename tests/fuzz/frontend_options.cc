#include <cstdint>
#include <map>
#include <string_view>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/frontend/located_error.h"
#include "core/frontend/options.h"

/// Options as "KEY=VALUE" lines; the whole text again as an error's excerpt, to find places in.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  std::map<std::string, std::string> given;
  for (auto line : base::split(text, '\n')) {
    auto equals = line.find('=');
    given.insert_or_assign(std::string(line.substr(0, equals)),
                           equals == std::string_view::npos ? "" : std::string(line.substr(equals + 1)));
  }
  try {
    frontend::parse_options(given);
  } catch (const base::Error&) {
  }
  auto recipe = hcl::File::make("f", "one\ntwo\nthree\n");
  auto located = frontend::locate(base::Error(base::Kind::invalid, text).excerpt(text), *recipe);
  for (const auto& place : located.places())
    if (place.first_line < 1 || place.first_line > 4) __builtin_trap();
  return 0;
}
