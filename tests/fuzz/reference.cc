// References, registries, repositories, platforms and URLs from anywhere: what parses prints as something that parses
// to the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/base/error.h"
#include "core/base/redact_url.h"
#include "core/http/url.h"
#include "core/name/platform.h"
#include "core/name/reference.h"

namespace {

template <class Type>
void round_trip(std::string_view text) {
  try {
    auto value = Type::parse(text);
    if (Type::parse(value.text()).text() != value.text()) std::abort();
  } catch (const base::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  round_trip<name::Reference>(text);
  round_trip<name::Repository>(text);
  round_trip<name::Registry>(text);
  round_trip<name::Tag>(text);
  round_trip<name::Platform>(text);
  round_trip<http::Url>(text);
  try {
    auto url = http::Url::parse("https://h:5000/a/b").resolve(text);
    url.is_private_address();
  } catch (const base::Error&) {
  }
  base::redact_url(text);
  name::is_fallback_tag(text);
  return 0;
}
