// Headers and bodies that a registry sends before we trust it: WWW-Authenticate, Link, Retry-After, errors[].
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/base/error.h"
#include "core/http/retry.h"
#include "core/registry/challenge.h"
#include "core/registry/error.h"
#include "core/registry/link.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (registry::parse_challenges(text).size() > 16) std::abort();
  if (registry::parse_errors(text).size() > 16) std::abort();
  http::parse_retry_after(text, std::chrono::system_clock::time_point());
  http::Headers headers{{"Link", std::string(text)}};
  try {
    if (auto next = registry::next_link(headers)) {
      auto target = registry::next_page(http::Url::parse("https://h:5000/v2/a/tags/list"), *next);
      if (!target.starts_with("/v2/")) std::abort();
    }
  } catch (const base::Error&) {
  }
  return 0;
}
